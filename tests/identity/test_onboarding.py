"""How an agency gets a client: at once in test, by two people in production, stopped at once."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, OctKey

from identity.models import (
    AccessToken,
    AgencyClient,
    Application,
    ClientCall,
    ClientEvent,
    ClientRequest,
    User,
)
from identity.models.record import AppendOnly
from identity.onboarding import deciding, keys, registering, running
from identity.onboarding.errors import OnboardingRefused
from tests.identity.onboarded import KEY, NEXT, approved, asked, assertion, call, key_set, registered, staff

pytestmark = pytest.mark.django_db
STATUS = {"messageId": "m-1", "reference": "T-1", "status": "registered", "decidedAt": "2026-11-24T20:36:41Z"}


@pytest.fixture
def integrator(db: None) -> User:
    return staff("integrator")


@pytest.fixture
def administrator(db: None) -> User:
    return staff("administrator")


def fresh(client: AgencyClient) -> AgencyClient:
    return AgencyClient.objects.select_related("application").get(pk=client.pk)


def post(browser: Client, token: str, address: str) -> Any:
    return browser.post(
        address, json.dumps(STATUS), "application/json", headers={"Authorization": f"Bearer {token}"}
    )


def outcome(client: AgencyClient) -> tuple[str, dict[str, Any]]:
    row = ClientCall.objects.filter(application=client.application).latest("pk")
    return row.outcome, row.found


def refused(why: str, step: Any, **named: Any) -> None:
    with pytest.raises(OnboardingRefused) as refusal:
        step(now=timezone.now(), **named)
    assert refusal.value.why == why


def test_a_client_in_test_works_at_once_and_in_test_alone(client: Client, integrator: User) -> None:
    mine = registered(integrator)
    token = call(client, assertion(mine)).json()["access_token"]
    assert post(client, token, "/api/v1/test/agencies/tax/status").json() == {"outcome": "understood"}
    assert post(client, token, "/api/v1/test/agencies/npr/status").status_code == 403, "another agency's"
    assert post(client, token, "/api/v1/agencies/tax/status").status_code == 403, "the real thing"
    assert outcome(mine) == ("token", {"scope": "case.status"})


def test_a_client_of_production_waits_for_a_second_person(
    client: Client, integrator: User, administrator: User
) -> None:
    mine = registered(integrator, "production")
    assert call(client, assertion(mine)).status_code == 401
    assert outcome(mine) == ("inactive", {})
    request = mine.open_request()
    assert request is not None
    refused("not-yours", deciding.approve, request=request, actor=integrator)
    deciding.approve(request=request, actor=administrator, now=timezone.now())
    token = call(client, assertion(mine)).json()["access_token"]
    assert post(client, token, "/api/v1/agencies/tax/status").status_code == 202
    assert post(client, token, "/api/v1/test/agencies/tax/status").status_code == 403
    refused("decided", deciding.approve, request=request, actor=administrator)


def test_who_asked_cannot_approve_and_needs_another_administrator(administrator: User) -> None:
    request = registered(administrator, "production").open_request()
    assert request is not None
    refused("second-person", deciding.approve, request=request, actor=administrator)
    refused("second-person", deciding.refuse, request=request, actor=administrator, reason="No.")
    deciding.approve(request=request, actor=staff("administrator"), now=timezone.now())


def test_the_database_holds_four_eyes_too(integrator: User, administrator: User) -> None:
    mine = registered(integrator, "production")
    rows = Application.objects.filter(pk=mine.application_id)
    now = timezone.now()
    attempts: list[Any] = [
        lambda: rows.update(is_active=True),
        lambda: rows.update(is_active=True, approved_by=integrator),
        lambda: rows.update(client_secret="hmac-sha256$x"),
        lambda: rows.update(token_endpoint_auth_method="client_secret_basic"),
        lambda: mine.requests.update(outcome="approved", decided_by=integrator, decided_at=now),
        lambda: mine.requests.update(outcome="approved"),
        lambda: mine.requests.update(outcome="refused", decided_by=administrator, decided_at=now),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_a_refusal_has_a_reason_and_may_be_asked_again(integrator: User, administrator: User) -> None:
    mine = registered(integrator, "production")
    request = mine.open_request()
    assert request is not None
    refused("reason", deciding.refuse, request=request, actor=administrator, reason=" ")
    deciding.refuse(request=request, actor=administrator, reason="Whose is it?", now=timezone.now())
    assert fresh(mine).state == "refused"
    registering.change_client(client=mine, actor=integrator, asked=asked(), now=timezone.now())
    assert fresh(mine).state == "waiting"
    refused("waiting", registering.change_client, client=mine, actor=integrator, asked=asked())
    again = mine.open_request()
    assert again is not None
    deciding.withdraw(request=again, actor=integrator, now=timezone.now())
    assert fresh(mine).state == "refused"


def test_a_change_in_production_waits_while_the_old_goes_on(
    client: Client, integrator: User, administrator: User
) -> None:
    mine = approved(integrator, administrator)
    both = keys.added(mine.application.client_jwks, keys.uploaded(key_set(NEXT), timezone.now()))
    registering.change_client(client=mine, actor=integrator, asked=asked(jwks=both), now=timezone.now())
    assert call(client, assertion(mine)).status_code == 200
    assert call(client, assertion(mine, NEXT)).status_code == 401
    request = mine.open_request()
    assert request is not None
    assert request.before["jwks"] != request.asked["jwks"]
    deciding.approve(request=request, actor=administrator, now=timezone.now())
    assert call(client, assertion(mine, NEXT)).status_code == 200
    running.retire_key(client=mine, actor=integrator, kid=KEY.kid or "", now=timezone.now())
    assert call(client, assertion(mine)).status_code == 401
    with pytest.raises(keys.KeysRefused, match="only key"):
        running.retire_key(client=mine, actor=integrator, kid=NEXT.kid or "", now=timezone.now())


def test_what_changed_since_it_was_asked_is_not_approved(integrator: User, administrator: User) -> None:
    mine = approved(integrator, administrator)
    both = keys.added(mine.application.client_jwks, keys.uploaded(key_set(NEXT), timezone.now()))
    Application.objects.filter(pk=mine.application_id).update(client_jwks=both)
    registering.change_client(client=mine, actor=integrator, asked=asked(name="New"), now=timezone.now())
    running.retire_key(client=mine, actor=integrator, kid=KEY.kid or "", now=timezone.now())
    request = mine.open_request()
    assert request is not None
    refused("changed", deciding.approve, request=request, actor=administrator)


def test_a_suspended_client_and_its_tokens_are_dead_at_once(
    client: Client, integrator: User, administrator: User
) -> None:
    mine = approved(integrator, administrator)
    token = call(client, assertion(mine)).json()["access_token"]
    running.suspend(client=mine, actor=integrator, reason="Key lost", now=timezone.now())
    assert post(client, token, "/api/v1/agencies/tax/status").status_code == 401
    assert call(client, assertion(mine)).status_code == 401
    refused("state", registering.change_client, client=mine, actor=integrator, asked=asked())
    refused("not-yours", running.resume, client=mine, actor=integrator)
    running.resume(client=mine, actor=administrator, now=timezone.now())
    assert not AccessToken.objects.exists()
    assert post(client, token, "/api/v1/agencies/tax/status").status_code == 401, "it does not come back"
    assert call(client, assertion(mine)).status_code == 200


@pytest.mark.parametrize(("role", "unit"), [("caseworker", "npr"), ("integrator", "npr"), ("clerk", "tax")])
def test_another_agencys_client_is_left_alone(integrator: User, role: str, unit: str) -> None:
    mine, stranger = registered(integrator), staff(role, unit)
    steps = (
        (running.suspend, {"reason": "x"}),
        (running.resume, {}),
        (running.retire_key, {"kid": KEY.kid}),
        (running.renew_secret, {}),
        (running.begin_test, {}),
        (registering.change_client, {"asked": asked()}),
    )
    for step, more in steps:
        refused("not-yours", step, client=mine, actor=stranger, **more)
    refused(
        "not-yours",
        registering.register_client,
        actor=stranger,
        agency="tax",
        environment="test",
        asked=asked(),
    )
    assert fresh(mine).state == "active"


def test_a_secret_is_for_tests_alone(client: Client, integrator: User) -> None:
    now, bare = timezone.now(), asked(jwks="")
    mine, secret = registering.register_client(
        actor=integrator, agency="tax", environment="test", asked=bare, now=now
    )
    stored = fresh(mine).application.client_secret
    assert stored.startswith("hmac-sha256$")
    assert secret not in stored
    form = {"grant_type": "client_credentials", "client_id": mine.application.client_id}
    assert client.post("/oauth/token", form | {"client_secret": secret}).status_code == 200
    assert client.post("/oauth/token", form | {"client_secret": "wrong"}).status_code == 401
    assert outcome(mine) == ("secret", {})
    another = running.renew_secret(client=mine, actor=integrator, now=now)
    assert client.post("/oauth/token", form | {"client_secret": secret}).status_code == 401
    assert client.post("/oauth/token", form | {"client_secret": another}).status_code == 200
    refused(
        "keys",
        registering.register_client,
        actor=integrator,
        agency="tax",
        environment="production",
        asked=bare,
    )
    refused("keys", running.renew_secret, client=registered(integrator), actor=integrator)


def test_no_scope_is_given_that_agencies_cannot_have(integrator: User) -> None:
    for scopes in ("openid", "case.status openid", ""):
        with pytest.raises(OnboardingRefused, match="scope"):
            registered(integrator, scopes=scopes)


def test_the_page_can_say_what_arrived(client: Client, integrator: User) -> None:
    mine, now = registered(integrator), int(time.time())
    told: list[tuple[str, dict[str, Any], str]] = [
        ("kid", {"kid": "other"}, "kid"),
        ("audience", {"aud": "https://evil.example"}, "aud"),
        ("ended", {"exp": now - 400}, "seconds"),
        ("early", {"nbf": now + 400}, "seconds"),
        ("long", {"exp": now + 4000}, "seconds"),
        ("issuer", {"iss": "npr"}, "iss"),
        ("number", {"jti": ""}, ""),
    ]
    for code, changed, detail in told:
        assert call(client, assertion(mine, **changed)).status_code == 401
        found = outcome(mine)
        assert (found[0], detail in found[1] or not detail) == (code, True), found
    assert call(client, assertion(mine, NEXT, kid=KEY.kid or "")).status_code == 401
    assert outcome(mine)[0] == "signature"
    once = assertion(mine)
    assert [call(client, once).status_code for _ in range(2)] == [200, 401]
    assert outcome(mine)[0] == "replayed"
    assert call(client, assertion(mine), scope="openid").status_code == 400
    assert outcome(mine) == ("scope", {"scopes": ["openid"]})
    for _ in range(25):
        call(client, assertion(mine, aud="x"))
    assert ClientCall.objects.count() == 20


def test_an_unknown_client_leaves_no_row(client: Client, integrator: User) -> None:
    mine = registered(integrator)
    mine.application.client_id = "nobody\x00"
    assert call(client, assertion(mine)).status_code == 401
    assert not ClientCall.objects.exists()


def test_the_history_names_who_did_what_and_stays(integrator: User, administrator: User) -> None:
    mine = approved(integrator, administrator)
    running.suspend(client=mine, actor=administrator, reason="Test", now=timezone.now())
    told = [(one.kind, one.actor) for one in ClientEvent.objects.order_by("pk")]
    assert told == [
        ("registered", integrator),
        ("asked", integrator),
        ("approved", administrator),
        ("key-added", administrator),
        ("suspended", administrator),
    ]
    entry = ClientEvent.objects.latest("pk")
    for change in (entry.save, entry.delete, ClientEvent.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        ClientEvent.objects.update(said="x")


def test_a_key_that_has_ended_is_not_believed(client: Client, integrator: User) -> None:
    mine, now = registered(integrator), timezone.now()
    line = keys.lines(fresh(mine).application.client_jwks, now)[0]
    assert line.ends is not None
    assert not line.is_near
    assert keys.lines(fresh(mine).application.client_jwks, now + timedelta(days=720))[0].is_near
    held = json.loads(mine.application.client_jwks)
    held["keys"][0]["exp"] = int(time.time()) - 1
    Application.objects.filter(pk=mine.application_id).update(client_jwks=json.dumps(held))
    assert call(client, assertion(mine)).status_code == 401
    assert outcome(mine)[0] == "keys"


P384 = ECKey.generate_key("P-384", auto_kid=True)
HOSTILE = {
    "not JSON": ("{", "not a JSON Web Key Set"),
    "nested": ('{"keys": ' + "[" * 30000 + "]" * 30000 + "}", "not a JSON Web Key Set|nested"),
    "private": (json.dumps({"keys": [KEY.as_dict(private=True)]}), "private key"),
    "secret": (json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}), "shared secret"),
    "curve": (json.dumps({"keys": [P384.as_dict(private=False)]}), "P-256"),
    "small": (json.dumps({"keys": [{"kty": "RSA", "n": "-" + "A" * 170, "e": "AQAB"}]}), "2048"),
    "many": (key_set(*[ECKey.generate_key("P-256", auto_kid=True) for _ in range(6)]), "at most 5"),
    "twice": (key_set(KEY, KEY), "same kid"),
    "encryption": (key_set(KEY, use="enc"), "use"),
    "ended": (key_set(KEY, exp=1000), "ended"),
    "exp is text": (key_set(KEY, exp="soon"), "exp"),
    "kid": (key_set(KEY, kid="a\nb"), "kid"),
    "off the curve": (key_set(KEY, x=KEY.as_dict(private=False)["y"]), "no key of its kind|JSON Web Key Set"),
    "large": (" " * 70000, "64 KB"),
}


@pytest.mark.filterwarnings("ignore:Key size should be:joserfc.errors.SecurityWarning")  # and it is refused
@pytest.mark.parametrize("name", HOSTILE)
def test_a_key_set_is_refused_with_its_reason(name: str) -> None:
    text, why = HOSTILE[name]
    with pytest.raises(keys.KeysRefused, match=why):
        keys.uploaded(text, timezone.now())


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://keys.example/jwks", "https"),
        ("file:///etc/passwd", "https"),
        ("https://user@keys.example/", "no address"),
        ("https://keys.example/#x", "no address"),
        ("https://[::1", "no address"),
        ("https://keys.example:99999/", "no address"),
        ("https://169.254.169.254/latest", "leads to"),
        ("https://10.0.0.1/jwks", "private address"),
    ],
)
def test_an_address_is_judged_before_it_is_asked(address: str, why: str) -> None:
    with pytest.raises(keys.KeysRefused, match=why):
        keys.fetched(address)


def test_rotated_keys_are_found_at_the_address(
    client: Client, integrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Any] = [(200, json.loads(key_set()))]
    monkeypatch.setattr(keys.wire, "call", lambda *_: served[0])
    address = "http://127.0.0.1:9/jwks.json"
    mine = registered(integrator, jwks=keys.fetched(address), jwks_uri=address)
    assert call(client, assertion(mine)).status_code == 200
    served[0] = (200, json.loads(key_set(NEXT)))
    later = timezone.now() + timedelta(minutes=11)
    assert running.read_due_keys(timezone.now()) == 0
    assert running.read_due_keys(later) == 1
    assert call(client, assertion(mine)).status_code == 401
    assert call(client, assertion(mine, NEXT)).status_code == 200
    served[0] = (302, {})
    running.read_keys(fresh(mine), later)
    assert "redirects" in fresh(mine).keys_problem
    assert call(client, assertion(mine, NEXT)).status_code == 200, "what was read last goes on"
    assert ClientRequest.objects.count() == 0
    refused("keys", running.retire_key, client=mine, actor=integrator, kid=NEXT.kid)
