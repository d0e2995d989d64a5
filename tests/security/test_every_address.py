"""Rules that hold at every address, found by walking the addresses themselves."""

import os
import re
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from identity.models import User

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "uuid": str(uuid.UUID(int=7)),
    "slug": "MOV-0000-0000",
    "str": "x",
    "int": "7",
    "path": "x",
}
# Called by machines that bring no cookies; each proves itself by a token or a signature instead.
WITHOUT_COOKIES = {"identity:token", "identity:revoke", "identity:back-channel-logout"}
# A browser brings them from the e-ID's site: the first does nothing but post on, the second takes only what
# answers the request that this browser began (tests/security/test_saml.py).
FROM_THE_E_ID = {"identity:saml-consumer", "identity:saml-conclude", "identity:saml-logout"}
PRODUCTION = {
    "ONESTOP_PORTAL_URL": "https://portal.example",
    "ONESTOP_EID_URL": "https://eid.example",
    "ONESTOP_SECRET_KEY": secrets.token_hex(32),
    "ONESTOP_SEALING_KEYS": secrets.token_hex(32),
    "ONESTOP_INDEX_KEY": secrets.token_hex(32),
    "ONESTOP_RECORD_SECRET": secrets.token_hex(32),
    "ONESTOP_CLAMD": "/run/clamav/clamd.ctl",
    "ONESTOP_EID_CLIENT_SECRET": secrets.token_hex(32),
    "ONESTOP_ALLOWED_HOSTS": "portal.example,eid.example",
}


def addresses(resolver: Any = None, prefix: str = "", names: str = "") -> Iterator[tuple[str, str]]:
    """(name, path) of every address, its parameters filled in."""
    for entry in (resolver or get_resolver("onestop.urls")).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from addresses(entry, path, inner)
        elif isinstance(entry, URLPattern):
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], path)
            yield f"{names}{entry.name}", "/" + filled.lstrip("^").rstrip("$")


EVERY = sorted(set(addresses()))


def test_the_walk_finds_the_addresses() -> None:
    found = {name for name, _ in EVERY}
    assert {"portal:case", "portal:sign-ins", "agency:task", "identity:token", "catalogue:home"} <= found


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a130_no_address_changes_anything_without_the_token(method: str) -> None:
    user = User.objects.create_user(given_name="Maria")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    open_doors = {}
    for name, path in EVERY:
        if name in WITHOUT_COOKIES | FROM_THE_E_ID or path.startswith("/api/"):
            continue
        response = getattr(client, method)(path, {"answer": "x"} if method == "post" else None)
        if response.status_code not in {403, 404, 405}:
            open_doors[name] = response.status_code
    assert open_doors == {}


@pytest.mark.django_db
def test_a130_cookies_open_nothing_of_the_interface_for_machines() -> None:
    client = Client()
    client.force_login(User.objects.create_user(given_name="Maria", is_superuser=True))
    for name, path in EVERY:
        if path.startswith("/api/") and name != "api:openapi-json":  # a description, the same for everybody
            response = client.post(path, "{}", content_type="application/json")
            assert response.status_code in {400, 401, 403, 404, 405, 413, 415}, (name, path)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:8000@evil.example", ""]
)
def test_a134_another_host_gets_no_page(host: str) -> None:
    response = Client(raise_request_exception=False).get("/", headers={"Host": host})
    assert response.status_code == 400


@pytest.mark.django_db
def test_a134_addresses_come_from_the_settings_and_not_from_the_request(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    for path in ("/.well-known/oauth-authorization-server", "/", "/api/v1/openapi.json"):
        response = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in response.content.decode()


def deployed(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Django as a deployment would, with secrets and https of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
    return subprocess.run(
        [sys.executable, "-m", "onestop", *command],
        cwd=ROOT,
        env=clean | PRODUCTION | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a135_the_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = deployed("check", "--deploy", "--fail-level", "WARNING", ONESTOP_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_a135_the_deployment_check_refuses_secrets_of_the_source(tmp_path: Path) -> None:
    done = deployed("check", "--deploy", ONESTOP_DATA_DIR=str(tmp_path), ONESTOP_INDEX_KEY="")
    assert done.returncode != 0


def test_a132_cookies_are_for_https_and_for_no_script(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        " s.SESSION_COOKIE_NAME[:7], s.CSRF_COOKIE_NAME[:7])"
    )
    done = deployed("shell", "-v", "0", "-c", asked, ONESTOP_DATA_DIR=str(tmp_path))
    assert done.stdout.split() == ["True", "True", "True", "Lax", "__Host-", "__Host-"], done.stderr
