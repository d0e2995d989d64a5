"""A42: whatever is sent to the e-ID, on either database, it answers and never breaks."""

from typing import Any

import pytest
from django.test import Client

from identity.models import Application, EIDAccount
from identity.models.clients import DEVICE_CODE
from tests.identity.conftest import SECRET
from tests.identity.steps import ASKED, redeem, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]


GARBAGE = [
    *("\x00", "a\x00b", "x" * 300, "x" * 9000, "%zz", "%", "ü"),
    *("\ud7ff", "'\"><script>", "a.b.c", "..", "é" * 200),
]
TOKEN_NAMES = (
    *("code", "code_verifier", "client_id", "client_secret", "redirect_uri"),
    *("grant_type", "device_code", "refresh_token", "scope", "client_assertion"),
)
CLIENT_ENDPOINTS = {
    "/par": ASKED,
    "/revoke": {"token": "x", "token_type_hint": "access_token"},
    "/introspect": {"token": "x", "token_type_hint": "access_token"},
    "/device_authorization": {"scope": "openid", "acr_values": ""},
}
MALFORMED = [
    *("%zz", "a", "a&b", "client_id=%00", "nonce=%ff", "&&&==", "claims=[", "a=%"),
    "client_id=portal&client_id=portal",
]


@pytest.mark.parametrize("value", GARBAGE, ids=range(len(GARBAGE)))
def test_a42_garbage_never_breaks_the_provider(
    client: Client, portal_client: Application, maria: EIDAccount, value: str, settings: Any
) -> None:
    settings.ONESTOP_CLIENT_FAILURES = 1000
    portal_client.grant_types = f"refresh_token {DEVICE_CODE}"
    portal_client.save()
    client.raise_request_exception = True  # a server error would surface as its exception
    names = [*ASKED, "prompt", "max_age", "acr_values", "id_token_hint", "claims", "ui_locales", "login_hint"]
    for name in names:
        assert client.get("/authorize", ASKED | {name: value}).status_code in {302, 400}
    sign_in(client, maria)
    for name in names:
        assert client.get("/authorize", ASKED | {name: value}).status_code in {302, 400}
    for name in TOKEN_NAMES:
        for grant in ("authorization_code", "refresh_token", DEVICE_CODE):
            assert redeem(client, "none", **{"grant_type": grant, name: value}).status_code in {400, 401}
    for name in ("id_token_hint", "client_id", "post_logout_redirect_uri", "state"):
        assert client.get("/logout", {"client_id": "portal", name: value}).status_code in {200, 302, 400}
    for name in ("next", "q"):
        target = {"next": "/authorize?client_id=portal", name: value}
        assert client.get("/login", target).status_code in {200, 302, 400}
    for name in ("account", "level", "next"):
        form = {"account": "x", "level": "low", "next": "/authorize?client_id=portal", name: value}
        assert client.post("/login", form).status_code == 400
    proof = {"client_id": "portal", "client_secret": SECRET}
    for path, known in CLIENT_ENDPOINTS.items():
        for name in (*known, "client_id", "client_secret", "client_assertion", "client_assertion_type"):
            answer = client.post(path, proof | known | {name: value})
            assert answer.status_code in {200, 201, 400, 401}, (path, name, answer.content)
    for name in ("user_code", "allow"):
        query = {"user_code": "BCDF-GHJK", name: value}
        assert client.get("/device", query).status_code in {200, 302, 400, 429}
        assert client.post("/device?user_code=BCDF-GHJK", query).status_code in {400, 429}
    reference = {"client_id": "portal", "request_uri": value}
    assert client.get("/authorize", reference).status_code == 400
    for header in (f"Bearer {value}", f"DPoP {value}", f"Basic {value}"):
        printable = header.encode("ascii", "replace").decode().replace("\x00", "?")
        assert client.get("/userinfo", headers={"Authorization": printable}).status_code == 401
    printable = value.encode("ascii", "replace").decode().replace("\x00", "?")
    assert client.post("/token", proof, headers={"DPoP": printable}).status_code == 400


@pytest.mark.parametrize("query", MALFORMED)
def test_a42_malformed_query_never_breaks_the_provider(
    client: Client, portal_client: Application, query: str
) -> None:
    for path in ("/authorize", "/logout", "/login", "/userinfo", "/device", "/"):
        assert client.get(f"{path}?{query}").status_code in {200, 302, 400, 401, 429}
    for path in ("/token", *CLIENT_ENDPOINTS):
        assert client.post(f"{path}?{query}").status_code in {400, 401, 429}


def test_a42_endpoints_of_clients_take_any_body(
    client: Client, portal_client: Application, settings: Any
) -> None:
    settings.ONESTOP_CLIENT_FAILURES = 1000
    for body in (b"", b"\x00", b"grant_type", b"\xff\xfe", b'{"grant_type": 1}', b"grant_type=%zz"):
        for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
            for path in ("/token", *CLIENT_ENDPOINTS):
                assert client.post(path, body, content_type=kind).status_code in {400, 401}
