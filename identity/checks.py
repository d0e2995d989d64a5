"""What a deployment must not have: secrets everybody knows, and a test e-ID for real people."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_KNOWN = "insecure-development"
SHORTEST = 32  # characters: 128 bits as hexadecimal digits


@register(Tags.security, deploy=True)
def development_secrets(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """identity.E001: a secret still has the value it has in the source, or is too short to be one."""
    secrets = {
        "ONESTOP_SECRET_KEY": [settings.SECRET_KEY],
        "ONESTOP_SEALING_KEYS": settings.ONESTOP_SEALING_KEYS,
        "ONESTOP_INDEX_KEY": [settings.ONESTOP_INDEX_KEY],
        "ONESTOP_RECORD_SECRET": [settings.RECORD_SECRET],
        "ONESTOP_EID_CLIENT_SECRET": [settings.EID_CLIENT_SECRET],
    }
    return [
        Error(
            f"{name} has the value from the source code, or fewer than {SHORTEST} characters.",
            hint=f"Set {name} to a random text, for instance of `openssl rand -hex 32`.",
            id="identity.E001",
        )
        for name, values in secrets.items()
        if not values or any(value.startswith(_KNOWN) or len(value) < SHORTEST for value in values)
    ]


@register(Tags.security, deploy=True)
def unscanned_files(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """identity.W002: files that people send are not scanned for viruses."""
    if settings.CLAMD or not settings.IS_PORTAL:
        return []
    hint = "Run ClamAV's clamd and set ONESTOP_CLAMD to where it listens."
    return [Warning("Files that people send are not scanned.", hint=hint, id="identity.W002")]


@register(Tags.security, deploy=True)
def unproven_e_id(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """identity.W001: the embedded e-ID signs its people in by the press of a button."""
    if settings.IS_PORTAL or settings.DEMO or not settings.EID_TEST_PEOPLE:
        return []
    hint = "Set ONESTOP_EID_TEST_PEOPLE=0, so that people prove themselves by their own factors."
    return [Warning("The embedded e-ID proves nothing about anybody.", hint=hint, id="identity.W001")]


@register(Tags.security)
def breached_passwords(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """identity.E002: the list of breached passwords cannot be read, or is not one."""
    path = settings.BREACHED_PASSWORDS
    if not path:
        return []
    try:
        with Path(path).open("rb") as file:
            first = file.readline(100)
    except OSError as error:
        said = f"ONESTOP_BREACHED_PASSWORDS: {path} cannot be read ({error.strerror})."
        return [Error(said, id="identity.E002")]
    if re.match(rb"[0-9A-Fa-f]{40}(:\d+)?\s", first):
        return []
    hint = "One SHA-1 digest a line, in order, as Have I Been Pwned gives them out."
    return [Error(f"ONESTOP_BREACHED_PASSWORDS: {path} is no such list.", hint=hint, id="identity.E002")]
