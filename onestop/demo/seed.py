"""`onestop seed`: bring one role's database up to date and fill it with the demo world.

Repeating it changes nothing. When neither code nor data changed since the last time, it returns at once.
"""

import hashlib
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from onestop.demo.plan import ROOT

# What each role is filled with: a line for the person, and the function that does it.
STEPS: dict[str, list[tuple[str, str]]] = {
    "eid": [("test people and the portal as a client", "identity.seed:seed_eid")],
    "portal": [
        ("services, life events and agencies", "onestop.catalogue.seed:seed_catalogue"),
        ("staff and their roles", "identity.seed:seed_portal"),
        ("connections to the agencies", "adapters.seed:seed_connections"),
        ("agencies as clients of the portal", "onestop.demo.clients:seed_clients"),
        ("workflow definitions", "workflows.seed:seed_definitions"),
    ],
}
SOURCES = ("onestop", "adapters", "identity", "workflows")
SUFFIXES = {".py", ".json", ".toml", ".wsdl", ".xsd"}


def fingerprint() -> str:
    """A digest of everything that seeds depend on: the sources' names, sizes and times, and the settings."""
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*")):
            if path.suffix in SUFFIXES:
                stat = path.stat()
                digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for value in (
        settings.DATABASES["default"]["NAME"],
        settings.PORTAL_URL,
        settings.EID_URL,
        settings.SECRET_KEY,
    ):
        digest.update(f"{value}\n".encode())
    return digest.hexdigest()


def _function(path: str) -> Callable[[], None]:
    module, name = path.split(":")
    function: Callable[[], None] = getattr(import_module(module), name)
    return function


def main(arguments: list[str]) -> int:
    """Migrate and seed the database of this role; ``--force`` does so even when nothing changed."""
    marker = Path(settings.DATA_DIR) / f"{settings.ROLE}.seeded"
    current = fingerprint()
    if "--force" not in arguments and marker.exists() and marker.read_text() == current:
        print("nothing changed since the last start", flush=True)
        return 0
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    print("bringing the database up to date", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    for title, path in STEPS[settings.ROLE]:
        print(f"seeding {title}", flush=True)
        _function(path)()
    marker.write_text(current)
    print(f"ready in {time.monotonic() - started:.1f} s", flush=True)
    return 0
