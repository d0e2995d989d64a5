"""npm oidc-provider as a foreign e-ID: citizens sign in with it at the portal, and sign out there."""

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
import requests

from identity import levels
from identity.models import FederatedIdentity, IdentityProvider, SignIn
from identity.signin import discovery, providers
from tests.identity.live import hang_up
from tests.peers.citizen import Citizen
from tests.peers.conftest import HERE
from tests.peers.process import PATIENCE, Process

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "a-secret-between-two-governments"


@pytest.fixture(params=["secret", "signed and pushed"])
def abroad(
    node: str, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Iterator[IdentityProvider]:
    """The foreign e-ID, running, and the row by which the portal knows it.

    Once the portal shows a secret and the browser carries the request; once the portal signs assertions and
    the e-ID takes pushed requests only.
    """
    is_pushed = request.param != "secret"
    settings.PORTAL_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    monkeypatch.setattr(discovery, "_known", {})
    row = IdentityProvider(key="abroad", names={"en": "Abroad"}, client_id="onestop", is_active=True)
    row.scopes, row.secret = "openid profile email", SECRET
    if is_pushed:
        row.auth_method, row.secret = IdentityProvider.Proof.SIGNED, providers.new_key("ES256")
    known = {"jwks": providers.public_keys(row)} if is_pushed else {"secret": SECRET}
    config = {
        **known,
        "pushing": is_pushed,
        "clientId": row.client_id,
        "redirectUri": row.callback_url,
        "afterLogout": f"{live_server.url}/signed-out",
        "backChannel": f"{live_server.url}/sign-in/back-channel-logout",
    }
    process = Process(node, str(HERE / "e_id.mjs"), json.dumps(config))
    try:
        row.issuer = process.hears("READY ")
        row.save()
        yield row
    finally:
        process.leave()
        hang_up()


def sign_in(citizen: Citizen, level: str, says: str = "", login: str = "kim") -> requests.Response:
    """Ask the portal for ``level``; at the e-ID sign in at the level it is made to say."""
    page = citizen.asks("abroad", level)
    assert "/interaction/" in page.url, page.url
    return citizen.open(page.url, {"login": login, "level": levels.NAMES[says or level]})


def test_stepping_up_asks_again(abroad: IdentityProvider, live_server: Any) -> None:
    """Left to itself it answers from its session, at the level of that, and nobody could ever step up."""
    citizen = Citizen(live_server.url)
    for level in ("low", "substantial", "high"):
        sign_in(citizen, level)
    reached = [one.acr for one in SignIn.objects.order_by("started_at")]
    assert reached == [levels.LOW, levels.SUBSTANTIAL, levels.HIGH]


def test_a_citizen_signs_in_with_a_foreign_e_id(abroad: IdentityProvider, live_server: Any) -> None:
    citizen = Citizen(live_server.url)
    assert sign_in(citizen, "substantial").url == f"{live_server.url}/signed-out"
    known = FederatedIdentity.objects.get()
    assert (known.issuer, known.subject) == (abroad.issuer, "kim")
    assert (known.user.given_name, known.user.date_of_birth) == ("Kim", "1990-02-03")
    assert SignIn.objects.get().acr == levels.SUBSTANTIAL
    assert SignIn.objects.get().sid, "so that it can end the session"
    assert citizen.is_signed_in
    carried = citizen.open(f"{abroad.issuer}/carried").json()
    is_pushed = abroad.auth_method == IdentityProvider.Proof.SIGNED
    assert (carried == [["client_id", "request_uri"]]) is is_pushed, carried
    assert carried


def test_what_was_not_pushed_is_refused_where_the_e_id_insists(
    abroad: IdentityProvider, live_server: Any
) -> None:
    """The peer's own word for it, so that the test above shows what it says."""
    query = {"client_id": abroad.client_id, "response_type": "code", "scope": "openid"}
    query |= {
        "redirect_uri": abroad.callback_url,
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    came = Citizen(live_server.url).open(f"{abroad.issuer}/auth?{urlencode(query)}")
    insists = abroad.auth_method == IdentityProvider.Proof.SIGNED
    assert ("Pushed+Authorization+Request" in came.url) is insists, came.url
    assert ("/interaction/" in came.url) is not insists, came.url


def test_a64_a_level_below_the_request_is_refused(abroad: IdentityProvider, live_server: Any) -> None:
    citizen = Citizen(live_server.url)
    assert sign_in(citizen, "high", says="low").status_code >= 400
    assert not citizen.is_signed_in
    assert not FederatedIdentity.objects.exists()


def test_another_person_is_another(abroad: IdentityProvider, live_server: Any) -> None:
    sign_in(Citizen(live_server.url), "high")
    sign_in(Citizen(live_server.url), "low", login="toni")
    assert FederatedIdentity.objects.count() == 2


def test_a21_signing_out_abroad_ends_the_portal_s_session(abroad: IdentityProvider, live_server: Any) -> None:
    """Back-channel logout: the foreign e-ID's server tells the portal's, by a signed token."""
    citizen, elsewhere = Citizen(live_server.url), Citizen(live_server.url)
    sign_in(citizen, "substantial")
    sign_in(elsewhere, "substantial")
    page = citizen.open(f"{abroad.issuer}/session/end")
    found = re.search(r'name="xsrf" value="([^"]*)"', page.text)
    action = re.search(r'action="([^"]*)"', page.text)
    assert found is not None, page.text
    assert action is not None, page.text
    form = {"xsrf": found[1], "logout": "yes"}
    citizen.open(urljoin(page.url, unescape(action[1])), form)
    deadline = time.monotonic() + PATIENCE
    while citizen.is_signed_in:
        assert time.monotonic() < deadline, "the portal was not told"
        time.sleep(0.1)
    assert elsewhere.is_signed_in
    assert SignIn.objects.living().count() == 1
