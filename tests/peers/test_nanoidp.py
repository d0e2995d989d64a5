"""PyPI nanoidp as a foreign e-ID: it says no level, so its people are known as surely as its row says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from identity import levels
from identity.models import FederatedIdentity, IdentityProvider, SignIn
from identity.signin import discovery
from tests.identity.live import hang_up
from tests.identity.test_dance import free_port
from tests.peers.citizen import Citizen
from tests.peers.conftest import HERE
from tests.peers.process import Process

pytestmark = pytest.mark.django_db(transaction=True)
COMMAND = HERE / ".venv" / "bin" / "nanoidp"
SETTINGS = """
config_version: 1
server: {{host: 127.0.0.1, port: {port}}}
oauth:
  issuer: http://127.0.0.1:{port}
  clients:
    - {{client_id: onestop, client_secret: {secret}, redirect_uris: ["{back}"]}}
"""
USERS = """
config_version: 1
users:
  kim: {password: a-word-of-kim, email: kim@example.org, roles: [USER], tenant: default}
"""


@pytest.fixture
def nano(
    live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[IdentityProvider]:
    """The foreign e-ID, running, and its row: whoever it vouches for is known at the level low."""
    if not COMMAND.exists():
        pytest.skip("nanoidp is not installed: make peers")
    settings.PORTAL_URL = live_server.url
    monkeypatch.setattr(discovery, "_known", {})
    port = free_port()
    row = IdentityProvider(
        key="nano",
        names={"en": "Nano"},
        issuer=f"http://127.0.0.1:{port}",
        client_id="onestop",
        scopes="openid profile email",
        algorithms="RS256",
        level_path="token_use",
        level_map={"id": levels.LOW},
        asking=IdentityProvider.Asking.NOTHING,
        is_active=True,
    )
    row.secret = "a-secret-between-two-governments"
    row.save()
    told = SETTINGS.format(port=port, secret=row.secret, back=row.callback_url)
    (tmp_path / "settings.yaml").write_text(told)
    (tmp_path / "users.yaml").write_text(USERS)
    at = str(tmp_path)  # it writes its keys where it is started
    process = Process(str(COMMAND), "--config", at, "--port", str(port), folder=at, HOME=at)
    try:
        process.hears("Running on")
        yield row
    finally:
        process.leave()
        hang_up()


def sign_in(citizen: Citizen, word: str) -> requests.Response:
    page = citizen.asks("nano", "low")
    found = re.search(r'name="transaction_id" value="([^"]*)"', page.text)
    assert found is not None, page.text[:500]
    return citizen.open(page.url, {"transaction_id": found[1], "username": "kim", "password": word})


def test_a_citizen_signs_in_with_a_provider_without_levels(nano: IdentityProvider, live_server: Any) -> None:
    citizen = Citizen(live_server.url)
    assert sign_in(citizen, "a-word-of-kim").url == f"{live_server.url}/signed-out"
    known = FederatedIdentity.objects.get()
    assert (known.issuer, known.subject, known.level) == (nano.issuer, "kim", levels.LOW)
    assert known.user.email == "kim@example.org"
    assert SignIn.objects.get().acr == levels.LOW


def test_a_wrong_password_signs_nobody_in(nano: IdentityProvider, live_server: Any) -> None:
    citizen = Citizen(live_server.url)
    sign_in(citizen, "a guess")
    assert not FederatedIdentity.objects.exists()
    assert not citizen.is_signed_in


def test_a29_a_service_that_needs_more_does_not_offer_it(nano: IdentityProvider, live_server: Any) -> None:
    refused = Citizen(live_server.url).asks("nano", "substantial")
    assert refused.url.startswith(live_server.url), "it cannot prove that, so nobody is sent there"
    assert refused.status_code >= 400
