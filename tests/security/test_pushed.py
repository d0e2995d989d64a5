"""Pushed authorization requests under attack, over HTTP (A38, A39)."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from identity import levels
from identity.models import Application, EIDAccount, PushedAuthorizationRequest
from tests.identity.live import Caller, Person, answer
from tests.identity.steps import ASKED

pytestmark = pytest.mark.django_db(transaction=True)


def reference(caller: Caller, **changed: str) -> str:
    pushed = caller.push(**changed)
    assert pushed.status_code == 201, pushed.text
    assert 0 < pushed.json()["expires_in"] <= 90
    return str(pushed.json()["request_uri"])


def test_a_pushed_request_leads_to_a_code(caller: Caller, maria: EIDAccount) -> None:
    got = Person(caller.eid).sign_in(caller.pushed(reference(caller)), str(maria.user.subject))
    assert (got["state"], got["iss"]) == (ASKED["state"], caller.eid)
    assert caller.redeem(got["code"]).status_code == 200
    assert not PushedAuthorizationRequest.objects.exists()


def test_what_was_pushed_counts_and_not_the_address(caller: Caller, maria: EIDAccount) -> None:
    """A29: the level cannot be taken off, nor the address changed, by whoever holds the browser."""
    url = caller.pushed(
        reference(caller, acr_values=levels.HIGH),
        acr_values=levels.LOW,
        redirect_uri="https://evil.example/",
        state="evil",
    )
    person = Person(caller.eid)
    page = person.open(url)
    assert person.choose(page, str(maria.user.subject), "substantial").status_code == 400
    got = answer(person.choose(page, str(maria.user.subject), "high"))
    assert got["state"] == ASKED["state"]


def test_a38_a_reference_is_used_once(caller: Caller, maria: EIDAccount) -> None:
    url = caller.pushed(reference(caller))
    person = Person(caller.eid)
    page = person.open(url)
    assert Person(caller.eid).open(url).status_code == 400, "another browser brings it again"
    assert person.open(url).status_code == 400
    person.choose(page, str(maria.user.subject), "low")
    assert person.open(url).status_code == 400, "nor once there is single sign-on"


def test_a38_what_the_browser_carries_on_with_ends_with_the_code(caller: Caller, maria: EIDAccount) -> None:
    person = Person(caller.eid)
    page = person.open(caller.pushed(reference(caller)))
    own = f"{caller.eid}{unquote(page.url.partition('next=')[2])}"
    assert answer(person.choose(page, str(maria.user.subject), "low"))["code"]
    assert person.open(own).status_code == 400


def test_a38_another_client_cannot_use_it(caller: Caller, other: Application, maria: EIDAccount) -> None:
    uri = reference(caller)
    assert Person(caller.eid).open(Caller(caller.eid, "other").pushed(uri)).status_code == 400
    assert Person(caller.eid).open(caller.pushed(uri)).status_code == 200, "the owner is not harmed"


def test_a38_a_late_reference_is_refused(caller: Caller) -> None:
    url = caller.pushed(reference(caller))
    PushedAuthorizationRequest.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert Person(caller.eid).open(url).status_code == 400


def test_a38_made_up_references_are_refused(caller: Caller) -> None:
    for uri in ("urn:ietf:params:oauth:request_uri:x", "https://evil.example/r", "", "ü"):
        page = Person(caller.eid).open(caller.pushed(uri))
        assert page.status_code == 400, uri
        assert not page.is_redirect


def test_a39_a_client_that_must_push_is_refused_in_front(caller: Caller, maria: EIDAccount) -> None:
    Application.objects.update(require_pushed_authorization_requests=True)
    got = answer(Person(caller.eid).open(caller.asks()))
    assert (got["error"], got["iss"]) == ("invalid_request", caller.eid)
    assert "code" in Person(caller.eid).sign_in(caller.pushed(reference(caller)), str(maria.user.subject))


BAD: list[tuple[dict[str, str], str]] = [
    ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ({"scope": "openid admin"}, "invalid_scope"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
    ({"request": "a.b.c"}, "request_not_supported"),
]


def test_a_bad_request_is_refused_when_it_is_pushed(caller: Caller) -> None:
    for changed, error in BAD:
        refused = caller.push(**changed)
        assert (refused.status_code, refused.json()["error"]) == (400, error), changed
    assert not PushedAuthorizationRequest.objects.exists()


def test_a1_a45_only_the_client_itself_pushes(caller: Caller, other: Application) -> None:
    caller.secret = "wrong"
    refused = caller.push()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert Caller(caller.eid, "nobody").push().status_code == 401


def test_a146_neither_the_reference_nor_the_secret_is_stored(caller: Caller) -> None:
    uri = reference(caller)
    stored = str(list(PushedAuthorizationRequest.objects.values_list()))
    assert uri not in stored
    assert str(caller.secret) not in stored
