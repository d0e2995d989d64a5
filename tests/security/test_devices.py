"""Signing a device in (RFC 8628), and those who try to get in by it, over HTTP."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from identity import levels
from identity.models import Application, DeviceGrant, EIDAccount, Session
from identity.models.clients import DEVICE_CODE
from identity.provider.views import device
from tests.identity.live import Caller, Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def screen(caller: Caller, public: Application, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A screen in a waiting room, which has no secret."""
    public.grant_types = f"{DEVICE_CODE} refresh_token"
    public.save()
    monkeypatch.setattr(
        device, "tries", device.Throttle("device", device.ADDRESS_TRIES, device.ADDRESS_MISSES)
    )
    return Caller(caller.eid, "app", secret=None)


def begin(screen: Caller, **asked: str) -> dict[str, Any]:
    answer = screen.post("/device_authorization", {"scope": "openid profile"} | asked)
    assert answer.status_code == 200, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


def poll(screen: Caller, begun: dict[str, Any]) -> Any:
    DeviceGrant.objects.update(last_checked=None)  # it waited as long as it was told
    return screen.post("/token", {"grant_type": DEVICE_CODE, "device_code": begun["device_code"]})


def consent(screen: Caller, person: Person, begun: dict[str, Any], maria: EIDAccount, level: str) -> Any:
    page = person.open(begun["verification_uri_complete"])
    return person.choose(page, str(maria.user.subject), level)


def test_a_device_is_signed_in_by_a_person_elsewhere(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    assert poll(screen, begun).json()["error"] == "authorization_pending"
    person = Person(screen.eid)
    page = consent(screen, person, begun, maria, "high")
    assert begun["user_code"] in page.text
    assert "An app" in page.text
    assert "is signed in" in person.press(page, allow="yes").text
    tokens = poll(screen, begun).json()
    assert screen.userinfo(tokens["access_token"]).json()["given_name"] == "Maria"
    assert {"id_token", "refresh_token"} <= set(tokens)
    assert poll(screen, begun).json()["error"] == "invalid_grant", "the code is used up"


def test_a30_the_device_is_as_sure_as_the_person_was(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen, acr_values=levels.HIGH)
    person = Person(screen.eid)
    assert consent(screen, person, begun, maria, "low").status_code == 400, "A29: below what it asked for"
    page = consent(screen, person, begun, maria, "high")
    person.press(page, allow="yes")
    assert poll(screen, begun).status_code == 200
    assert set(Session.objects.values_list("acr", flat=True)) == {levels.HIGH}


def test_a22_the_device_outlives_the_browser_that_let_it_in(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    person.press(consent(screen, person, begun, maria, "low"), allow="yes")
    tokens = poll(screen, begun).json()
    person.press(person.open(f"{screen.eid}/logout"))
    assert screen.userinfo(tokens["access_token"]).status_code == 200
    assert screen.refresh(tokens["refresh_token"]).status_code == 200


def test_a_person_who_says_no_is_believed(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    done = person.press(consent(screen, person, begun, maria, "low"), allow="no")
    assert "was not signed in" in done.text
    assert poll(screen, begun).json()["error"] == "access_denied"


def test_giving_up_at_the_sign_in_page_denies(screen: Caller) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    page = person.open(begun["verification_uri_complete"])
    done = person.press(page, allow="no")
    assert "was not signed in" in done.text
    assert poll(screen, begun).json()["error"] == "access_denied"


def test_a_device_that_polls_too_fast_is_slowed_down(screen: Caller) -> None:
    begun = begin(screen)
    form = {"grant_type": DEVICE_CODE, "device_code": begun["device_code"]}
    assert screen.post("/token", form).json()["error"] == "authorization_pending"
    assert screen.post("/token", form).json()["error"] == "slow_down"
    assert DeviceGrant.objects.get().interval == begun["interval"] + 5


def test_a_late_code_is_worth_nothing(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    DeviceGrant.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert Person(screen.eid).open(begun["verification_uri_complete"]).status_code == 400
    assert poll(screen, begun).json()["error"] == "expired_token"


def test_a9_another_client_s_device_code_is_refused(
    screen: Caller, other: Application, maria: EIDAccount
) -> None:
    other.grant_types = DEVICE_CODE
    other.save()
    begun = begin(screen)
    person = Person(screen.eid)
    person.press(consent(screen, person, begun, maria, "low"), allow="yes")
    assert poll(Caller(screen.eid, "other"), begun).json()["error"] == "invalid_grant"
    assert poll(screen, begun).status_code == 200


def test_a20_a_person_deactivated_meanwhile_lets_no_device_in(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    person.press(consent(screen, person, begun, maria, "low"), allow="yes")
    maria.user.is_active = False
    maria.user.save()
    assert poll(screen, begun).json()["error"] == "invalid_grant"


def test_a13_a14_devices_ask_for_what_their_client_may(screen: Caller, caller: Caller) -> None:
    assert screen.post("/device_authorization", {"scope": "openid email"}).json()["error"] == "invalid_scope"
    assert screen.post("/device_authorization", {"scope": "profile"}).json()["error"] == "invalid_scope"
    assert caller.post("/device_authorization", {"scope": "openid"}).json()["error"] == "unauthorized_client"
    wrong = Caller(caller.eid, "portal", secret="wrong")
    assert wrong.post("/device_authorization", {"scope": "openid"}).status_code == 401


def test_a130_allowing_needs_the_page_itself(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    consent(screen, person, begun, maria, "low")
    forged = person.open(begun["verification_uri_complete"], {"allow": "yes"})
    assert forged.status_code == 403
    assert poll(screen, begun).json()["error"] == "authorization_pending"


def test_a43_the_page_is_not_framed(screen: Caller, maria: EIDAccount) -> None:
    page = consent(screen, Person(screen.eid), begin(screen), maria, "low")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a136_user_codes_are_not_guessed(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    tried = [person.open(f"{screen.eid}/device?user_code=BBBB-BBB{letter}") for letter in "BCDFGHJKLMNP"]
    assert [page.status_code for page in tried] == [400] * 10 + [429] * 2
    assert person.open(begun["verification_uri_complete"]).status_code == 429, "not even the right one"


def test_a_code_is_typed_as_people_type(screen: Caller) -> None:
    code = begin(screen)["user_code"]
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        page = Person(screen.eid).http.get(f"{screen.eid}/device", params={"user_code": typed})
        assert urlsplit(page.url).path == "/login", typed


def test_a139_a_user_code_is_answered_once(screen: Caller, maria: EIDAccount) -> None:
    begun = begin(screen)
    person = Person(screen.eid)
    page = consent(screen, person, begun, maria, "low")
    person.press(page, allow="yes")
    assert person.press(page, allow="yes").status_code == 400
    assert person.open(begun["verification_uri_complete"]).status_code == 400


def test_a146_neither_code_is_stored(screen: Caller) -> None:
    begun = begin(screen)
    stored = str(list(DeviceGrant.objects.values_list()))
    assert begun["device_code"] not in stored
    assert begun["user_code"] not in stored
    assert begun["user_code"].replace("-", "") not in stored
