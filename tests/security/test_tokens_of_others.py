"""Asking about other people's tokens, and ending them, over HTTP (A33, A34, A35; RFC 7662, RFC 7009)."""

from typing import Any

import pytest

from identity.models import Application, EIDAccount
from tests.identity.live import Caller, Person

pytestmark = pytest.mark.django_db(transaction=True)
INACTIVE = {"active": False}


@pytest.fixture
def tokens(caller: Caller, maria: EIDAccount) -> dict[str, Any]:
    """What the portal was given for Maria."""
    code = Person(caller.eid).sign_in(caller.asks(), str(maria.user.subject), "high")["code"]
    given: dict[str, Any] = caller.redeem(code).json()
    return given


def about(caller: Caller, token: str) -> Any:
    answer = caller.post("/introspect", {"token": token})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def test_a_client_is_told_of_its_own_tokens(
    caller: Caller, tokens: dict[str, Any], maria: EIDAccount
) -> None:
    told = about(caller, tokens["access_token"])
    assert told["active"] is True
    assert (told["client_id"], told["sub"]) == ("portal", str(maria.user.subject))
    assert told["acr"].endswith("/high")
    assert set(told["scope"].split()) == {"openid", "profile", "eidas"}
    assert told["iat"] < told["exp"]
    refresh = about(caller, tokens["refresh_token"])
    assert (refresh["active"], "token_type" in refresh) == (True, False)


def test_a33_somebody_else_s_token_is_inactive(
    caller: Caller, other: Application, tokens: dict[str, Any]
) -> None:
    stranger = Caller(caller.eid, "other")
    for name in ("access_token", "refresh_token", "id_token"):
        assert about(stranger, tokens[name]) == INACTIVE
    assert about(caller, tokens["id_token"]) == INACTIVE
    assert about(caller, "made-up") == INACTIVE


def test_a33_an_agency_s_resource_is_told_of_its_client_s_tokens_by_its_own_name_for_the_person(
    caller: Caller, other: Application, tokens: dict[str, Any], maria: EIDAccount
) -> None:
    Application.objects.filter(client_id="portal").update(agency="npr")
    Application.objects.filter(client_id="other").update(agency="npr", subject_type="pairwise")
    told = about(Caller(caller.eid, "other"), tokens["access_token"])
    assert told["active"] is True
    assert told["sub"] != str(maria.user.subject)
    Application.objects.filter(client_id="other").update(agency="tax")
    assert about(Caller(caller.eid, "other"), tokens["access_token"]) == INACTIVE


def test_a34_a_public_client_is_told_nothing(
    caller: Caller, public: Application, tokens: dict[str, Any], maria: EIDAccount
) -> None:
    app = Caller(caller.eid, "app", secret=None)
    code = Person(app.eid).sign_in(app.asks(scope="openid"), str(maria.user.subject))["code"]
    for token in (tokens["access_token"], app.redeem(code).json()["access_token"]):
        refused = app.post("/introspect", {"token": token})
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert "WWW-Authenticate" in refused.headers


def test_a34_a45_nobody_asks_without_proof(caller: Caller, tokens: dict[str, Any]) -> None:
    for path in ("/introspect", "/revoke"):
        for form in ({}, {"client_id": "portal"}, {"client_id": "portal", "client_secret": "x"}):
            refused = caller.http.post(f"{caller.eid}{path}", form | {"token": tokens["access_token"]})
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert about(caller, tokens["access_token"])["active"] is True


def test_a35_somebody_else_s_token_is_not_revoked(
    caller: Caller, other: Application, public: Application, tokens: dict[str, Any]
) -> None:
    for stranger in (Caller(caller.eid, "other"), Caller(caller.eid, "app", secret=None)):
        for name in ("access_token", "refresh_token"):
            answer = stranger.post("/revoke", {"token": tokens[name]})
            assert (answer.status_code, answer.text) == (200, "")
    assert caller.userinfo(tokens["access_token"]).status_code == 200
    assert caller.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "nonsense"])
def test_a_client_ends_its_own_tokens(caller: Caller, tokens: dict[str, Any], hint: str) -> None:
    more = {"token_type_hint": hint} if hint else {}
    assert caller.post("/revoke", {"token": tokens["access_token"]} | more).status_code == 200
    assert caller.userinfo(tokens["access_token"]).status_code == 401
    again = caller.refresh(tokens["refresh_token"]).json()
    assert caller.post("/revoke", {"token": again["refresh_token"]} | more).status_code == 200
    assert caller.userinfo(again["access_token"]).status_code == 401, "the access token of the grant ends too"
    assert caller.refresh(again["refresh_token"]).status_code == 400


def test_revoking_the_unknown_is_no_error_and_nothing_is_one(caller: Caller) -> None:
    assert caller.post("/revoke", {"token": "made-up"}).status_code == 200
    assert caller.post("/revoke", {}).json()["error"] == "invalid_request"
    assert caller.post("/introspect", {}).json()["error"] == "invalid_request"
