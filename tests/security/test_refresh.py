"""Refresh tokens under attack, over HTTP: used twice, past their day, after the person or session is gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import levels
from identity.models import AccessToken, Application, EIDAccount, RefreshToken, Session
from tests.identity.live import Caller, Person
from tests.identity.steps import claims_of

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(caller: Caller, maria: EIDAccount, level: str = "substantial") -> dict[str, Any]:
    """The tokens of a person who just signed in."""
    code = Person(caller.eid).sign_in(caller.asks(), str(maria.user.subject), level)["code"]
    answer = caller.redeem(code)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def refused(caller: Caller, token: str) -> bool:
    answer = caller.refresh(token)
    return (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a30_a_refresh_tells_of_the_same_sign_in(caller: Caller, maria: EIDAccount, client: Any) -> None:
    first = signed_in(caller, maria, "high")
    before = claims_of(client, first["id_token"])
    Session.objects.create(user=maria.user, acr=levels.LOW)  # a weaker sign-in elsewhere changes nothing
    second = caller.refresh(first["refresh_token"]).json()
    after = claims_of(client, second["id_token"])
    assert after["acr"] == levels.HIGH
    for name in ("iss", "sub", "aud", "auth_time", "sid", "amr"):
        assert after[name] == before[name], name
    assert "nonce" not in after
    assert caller.userinfo(second["access_token"]).json()["given_name"] == "Maria"
    assert caller.userinfo(first["access_token"]).status_code == 401, "the token before it has ended"


def test_a18_a_replayed_refresh_token_ends_its_family(caller: Caller, maria: EIDAccount) -> None:
    first = signed_in(caller, maria)
    second = caller.refresh(first["refresh_token"]).json()
    third = caller.refresh(second["refresh_token"]).json()
    assert refused(caller, first["refresh_token"])
    assert refused(caller, third["refresh_token"]), "the newest of the family has ended too"
    assert caller.userinfo(third["access_token"]).status_code == 401
    assert not AccessToken.objects.exists()


def test_a18_another_sign_in_of_the_same_person_lives_on(caller: Caller, maria: EIDAccount) -> None:
    stolen, elsewhere = signed_in(caller, maria), signed_in(caller, maria)
    caller.refresh(stolen["refresh_token"])
    assert refused(caller, stolen["refresh_token"])
    assert caller.refresh(elsewhere["refresh_token"]).status_code == 200


def test_a19_no_refresh_puts_the_end_off(caller: Caller, maria: EIDAccount) -> None:
    token = signed_in(caller, maria)["refresh_token"]
    day = RefreshToken.objects.get().expires
    assert day - timezone.now() <= timedelta(hours=12)
    for _ in range(3):
        token = caller.refresh(token).json()["refresh_token"]
    assert set(RefreshToken.objects.values_list("expires", flat=True)) == {day}
    RefreshToken.objects.update(expires=timezone.now())
    assert refused(caller, token)


def test_a20_a_deactivated_person_refreshes_nothing(caller: Caller, maria: EIDAccount) -> None:
    tokens = signed_in(caller, maria)
    maria.user.is_active = False
    maria.user.save()
    assert refused(caller, tokens["refresh_token"])
    assert caller.userinfo(tokens["access_token"]).status_code == 401
    said = caller.post("/introspect", {"token": tokens["access_token"]}).json()
    assert said == {"active": False}


def test_a21_a22_signing_out_ends_this_device_s_refresh_token(caller: Caller, maria: EIDAccount) -> None:
    person = Person(caller.eid)
    code = person.sign_in(caller.asks(), str(maria.user.subject))["code"]
    here, elsewhere = caller.redeem(code).json(), signed_in(caller, maria)
    person.open(f"{caller.eid}/logout?id_token_hint={here['id_token']}")
    assert refused(caller, here["refresh_token"])
    assert caller.refresh(elsewhere["refresh_token"]).status_code == 200


def test_a8_a_replayed_code_ends_refresh_tokens_too(caller: Caller, maria: EIDAccount) -> None:
    code = Person(caller.eid).sign_in(caller.asks(), str(maria.user.subject))["code"]
    tokens = caller.redeem(code).json()
    assert caller.redeem(code).json()["error"] == "invalid_grant"
    assert refused(caller, tokens["refresh_token"])


def test_a9_a_refresh_token_of_another_client_is_refused(
    caller: Caller, other: Application, maria: EIDAccount
) -> None:
    token = signed_in(caller, maria)["refresh_token"]
    assert refused(Caller(caller.eid, "other"), token)
    assert caller.refresh(token).status_code == 200, "and the owner is not harmed by the attempt"


def test_a13_a_refresh_widens_nothing(caller: Caller, maria: EIDAccount) -> None:
    token = signed_in(caller, maria)["refresh_token"]
    assert caller.refresh(token, scope="openid email").json()["error"] == "invalid_scope"
    narrow = caller.refresh(token, scope="openid").json()
    assert narrow["scope"] == "openid"
    wide = caller.refresh(narrow["refresh_token"]).json()
    assert set(wide["scope"].split()) == {"openid", "profile", "eidas"}
    Application.objects.filter(client_id="portal").update(allowed_scopes="openid")
    assert caller.refresh(wide["refresh_token"]).json()["scope"] == "openid"


def test_a14_a_client_without_the_grant_gets_and_uses_none(caller: Caller, maria: EIDAccount) -> None:
    token = signed_in(caller, maria)["refresh_token"]
    Application.objects.filter(client_id="portal").update(grant_types="")
    assert caller.refresh(token).json()["error"] == "unauthorized_client"
    assert "refresh_token" not in signed_in(caller, maria)


def test_a146_no_refresh_token_is_stored(caller: Caller, maria: EIDAccount) -> None:
    token = signed_in(caller, maria)["refresh_token"]
    assert token not in str(list(RefreshToken.objects.values_list()))
