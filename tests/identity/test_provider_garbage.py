"""A42: whatever is sent to the e-ID, on either database, it answers and never breaks."""

import pytest
from django.test import Client

from identity.models import Application, EIDAccount
from tests.identity.steps import ASKED, redeem, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]


GARBAGE = [
    *("\x00", "a\x00b", "x" * 300, "x" * 9000, "%zz", "%", "ü"),
    *("\ud7ff", "'\"><script>", "a.b.c", "..", "é" * 200),
]
TOKEN_NAMES = (
    *("code", "code_verifier", "client_id", "client_secret", "redirect_uri"),
    *("grant_type", "device_code"),
)
MALFORMED = [
    *("%zz", "a", "a&b", "client_id=%00", "nonce=%ff", "&&&==", "claims=[", "a=%"),
    "client_id=portal&client_id=portal",
]


@pytest.mark.parametrize("value", GARBAGE, ids=range(len(GARBAGE)))
def test_a42_garbage_never_breaks_the_provider(
    client: Client, portal_client: Application, maria: EIDAccount, value: str
) -> None:
    client.raise_request_exception = True  # a server error would surface as its exception
    names = [*ASKED, "prompt", "max_age", "acr_values", "id_token_hint", "claims", "ui_locales", "login_hint"]
    for name in names:
        assert client.get("/authorize", ASKED | {name: value}).status_code in {302, 400}
    sign_in(client, maria)
    for name in names:
        assert client.get("/authorize", ASKED | {name: value}).status_code in {302, 400}
    for name in TOKEN_NAMES:
        assert redeem(client, "none", **{name: value}).status_code in {400, 401}
    for name in ("id_token_hint", "client_id", "post_logout_redirect_uri", "state"):
        assert client.get("/logout", {"client_id": "portal", name: value}).status_code in {200, 302, 400}
    for name in ("next", "q"):
        target = {"next": "/authorize?client_id=portal", name: value}
        assert client.get("/login", target).status_code in {200, 302, 400}
    for name in ("account", "level", "next"):
        form = {"account": "x", "level": "low", "next": "/authorize?client_id=portal", name: value}
        assert client.post("/login", form).status_code == 400
    for header in (f"Bearer {value}", f"Basic {value}"):
        printable = header.encode("ascii", "replace").decode().replace("\x00", "?")
        assert client.get("/userinfo", headers={"Authorization": printable}).status_code == 401


@pytest.mark.parametrize("query", MALFORMED)
def test_a42_malformed_query_never_breaks_the_provider(
    client: Client, portal_client: Application, query: str
) -> None:
    for path in ("/authorize", "/logout", "/login", "/userinfo", "/"):
        assert client.get(f"{path}?{query}").status_code in {200, 302, 400, 401}
    assert client.post(f"/token?{query}").status_code in {400, 401}


def test_a42_token_endpoint_takes_any_body(client: Client, portal_client: Application) -> None:
    for body in (b"", b"\x00", b"grant_type", b"\xff\xfe", b'{"grant_type": 1}', b"grant_type=%zz"):
        for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
            assert client.post("/token", body, content_type=kind).status_code in {400, 401}
