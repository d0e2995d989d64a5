"""The pages of clients: registering, trying, deciding, changing and stopping one."""

import inspect
import re
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from adapters.models import Connection
from identity import levels
from identity.models import AgencyClient, ClientEvent, User
from identity.oauth import assertions, validator
from identity.onboarding import deciding, running
from onestop.agency.clients.words import CALLS, EVENTS, STATES
from tests.agency.world import Role, member, signed_in
from tests.identity.onboarded import KEY, NEXT, approved, assertion, call, key_set, registered

pytestmark = pytest.mark.django_db
NEW = "/agency/clients/new/"
FILLED = {
    **{"agency": "tax", "environment": "test", "name": "Case system", "contact": "it@tax.example"},
    **{"scopes": ["case.status"], "proof": "jwks", "jwks_text": key_set(), "jwks_uri": ""},
}


@pytest.fixture
def integrator(db: None) -> User:
    for key in ("tax", "npr"):
        Connection.objects.create(key=key, name=key.upper(), kind="rest")
    return member(Role.INTEGRATOR)


def surely(user: User) -> Client:
    """The browser of somebody who signed in at the level high just now."""
    browser = signed_in(user)
    session = browser.session
    session["acr"], session["acr_at"] = levels.HIGH, time.time()
    session.save()
    return browser


def page(row: AgencyClient, part: str = "") -> str:
    return f"/agency/clients/{row.public_id}/{part}"


def text(response: Any) -> str:
    """The words of a page."""
    page = response.content.decode().replace("<wbr>", "")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_registering_for_a_test_and_completing_it_with_one_call(integrator: User) -> None:
    browser = signed_in(integrator)
    response = browser.post(NEW, FILLED)
    row = AgencyClient.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(row))
    assert "Active" in text(browser.get(page(row)))
    example = browser.get(page(row, "test/")).content.decode()
    assert row.application.client_id in example
    assert "/api/v1/test/agencies/tax/status" in example
    assert browser.post(page(row, "test/")).status_code == 302
    assert "Nothing has arrived since" in text(browser.get(page(row, "test/")))
    call(Client(), assertion(row, aud="https://evil.example"))
    assert "aud is [&#x27;https://evil.example&#x27;]" in text(browser.get(page(row, "test/"))).replace(
        "&#39;", "&#x27;"
    )
    call(Client(), assertion(row, NEXT))
    assert f"kid is “{NEXT.kid}”; the client has: {KEY.kid}" in text(browser.get(page(row, "test/")))
    call(Client(), assertion(row, exp=int(time.time()) - 90))
    assert "Is your clock slow?" in text(browser.get(page(row, "test/")))
    call(Client(), assertion(row))
    assert "The client works" in text(browser.get(page(row, "test/")))


def test_every_outcome_that_is_kept_has_its_sentence() -> None:
    source = "".join(inspect.getsource(module) for module in (assertions, validator))
    codes = set(re.findall(r'AssertionRefused\(\s*"([a-z-]+)"', source))
    codes |= set(re.findall(r'calls\.refused\([a-z_]+, "([a-z]+)"', source))
    assert codes | {"token", "inactive"} == set(CALLS)
    assert set(EVENTS) == set(ClientEvent.Kind.values)
    assert set(STATES) == set(AgencyClient.State.values)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"jwks_text": ""}, "Choose a file"),
        ({"jwks_text": "{"}, "not a JSON Web Key Set"),
        ({"proof": "jwks_uri"}, "Enter the address"),
        ({"proof": "jwks_uri", "jwks_uri": "https://169.254.169.254/"}, "leads to"),
        ({"proof": "secret", "environment": "production"}, "no secret"),
        ({"scopes": ["openid"]}, "openid"),
        ({"scopes": []}, "What may it do?"),
        ({"agency": "nowhere"}, "nowhere"),
        ({"contact": "x"}, "e-mail"),
    ],
)
def test_what_cannot_be_registered_is_said_at_its_field(
    integrator: User, changed: dict[str, Any], why: str
) -> None:
    response = signed_in(integrator).post(NEW, FILLED | changed)
    assert response.status_code == 422
    assert why.lower() in text(response).lower()
    assert not AgencyClient.objects.exists()


def test_a_file_is_taken_and_one_that_is_no_text_is_refused(integrator: User) -> None:
    browser = signed_in(integrator)
    bad = SimpleUploadedFile("keys.json", b"\xff\xfe\x00")
    assert "UTF-8" in text(browser.post(NEW, FILLED | {"jwks_text": "", "jwks_file": bad}))
    good = SimpleUploadedFile("keys.json", key_set().encode())
    assert browser.post(NEW, FILLED | {"jwks_text": "", "jwks_file": good}).status_code == 302


def test_a_secret_is_shown_once(integrator: User) -> None:
    browser = signed_in(integrator)
    browser.post(NEW, FILLED | {"proof": "secret", "jwks_text": ""})
    row = AgencyClient.objects.get()
    first, second = (browser.get(page(row)) for _ in range(2))
    assert "shown this once" in text(first)
    assert "no-store" in first["Cache-Control"]
    assert "shown this once" not in text(second)
    browser.post(page(row), {"act": "renew-secret"})
    assert "shown this once" in text(browser.get(page(row)))


def test_a_person_of_an_agency_registers_for_it_alone(integrator: User) -> None:
    browser = signed_in(member(Role.CASEWORKER, "npr"))
    assert "TAX" not in text(browser.get(NEW))
    assert browser.post(NEW, FILLED).status_code == 422
    assert browser.post(NEW, FILLED | {"agency": "npr"}).status_code == 302
    foreign = registered(integrator)
    assert foreign.application.client_id not in text(browser.get("/agency/clients/"))
    for part in ("", "change/", "test/", "decision/"):
        assert browser.post(page(foreign, part), {"act": "suspend", "reason": "x"}).status_code == 404


def test_two_people_bring_a_client_into_production(integrator: User) -> None:
    asking, second = signed_in(integrator), member(Role.ADMINISTRATOR, name="Bea")
    asking.post(NEW, FILLED | {"environment": "production"})
    row = AgencyClient.objects.get()
    assert "Another person, an administrator, must approve it" in text(asking.get(page(row)))
    assert asking.get(page(row, "decision/")).status_code == 403
    another = surely(second)
    assert page(row, "decision/") in another.get("/agency/clients/").content.decode()
    shown = text(another.get(page(row, "decision/")))
    assert KEY.kid is not None
    assert KEY.kid in shown
    assert signed_in(second).post(page(row, "decision/"), {"decision": "approve"}).status_code == 302
    assert AgencyClient.objects.get().state == "waiting", "the level high is needed"
    assert another.post(page(row, "decision/"), {"decision": "refuse"}).status_code == 422
    assert another.post(page(row, "decision/"), {"decision": "approve"}).status_code == 302
    assert call(Client(), assertion(row)).status_code == 200
    assert "Approved" in text(asking.get(page(row)))


def test_an_administrator_cannot_approve_what_they_asked(integrator: User) -> None:
    same = member(Role.ADMINISTRATOR)
    row = registered(same, "production")
    browser = surely(same)
    assert "You asked for it yourself" in text(browser.get(page(row, "decision/")))
    response = browser.post(page(row, "decision/"), {"decision": "approve"})
    assert (response.status_code, AgencyClient.objects.get().state) == (422, "waiting")


def test_changing_a_key_in_production(integrator: User) -> None:
    second = member(Role.ADMINISTRATOR)
    row = approved(integrator, second)
    browser = signed_in(integrator)
    change = {"name": "Case system", "contact": "new@tax.example", "scopes": ["case.status"]}
    assert browser.post(page(row, "change/"), change | {"jwks_text": key_set(NEXT)}).status_code == 302
    assert "new@tax.example" in text(browser.get(page(row)))
    assert call(Client(), assertion(row, NEXT)).status_code == 401
    surely(second).post(page(row, "decision/"), {"decision": "approve"})
    assert call(Client(), assertion(row, NEXT)).status_code == 200
    assert browser.post(page(row), {"act": "retire-key", "kid": KEY.kid}).status_code == 302
    refused = browser.post(page(row), {"act": "retire-key", "kid": NEXT.kid})
    assert (refused.status_code, "add its successor first" in text(refused)) == (409, True)


def test_suspending_takes_a_reason_and_resuming_an_administrator(integrator: User) -> None:
    second = member(Role.ADMINISTRATOR)
    row = approved(integrator, second)
    browser = signed_in(integrator)
    assert browser.post(page(row), {"act": "suspend", "reason": ""}).status_code == 409
    assert browser.post(page(row), {"act": "suspend", "reason": "Key lost"}).status_code == 302
    assert "Suspended" in text(browser.get(page(row)))
    assert browser.post(page(row), {"act": "resume"}).status_code == 409
    assert signed_in(second).post(page(row), {"act": "resume"}).status_code == 302
    for nonsense in ("", "made-up", "read-keys", "renew-secret", "withdraw"):
        assert browser.post(page(row), {"act": nonsense}).status_code == 409


def test_the_list_warns_of_keys_and_asks_no_more_for_more(
    integrator: User, django_assert_max_num_queries: Any
) -> None:
    row = registered(integrator)
    AgencyClient.objects.update(keys_problem="the address answered 404")
    browser = signed_in(integrator)
    assert "Keys not read" in text(browser.get("/agency/clients/"))
    assert "the address answered 404" in text(browser.get(page(row)))
    for _ in range(9):
        registered(integrator)
    with django_assert_max_num_queries(14):
        browser.get("/agency/clients/")


def test_a_refused_client_says_why(integrator: User) -> None:
    row = registered(integrator, "production")
    asked = row.open_request()
    assert asked is not None
    second = member(Role.ADMINISTRATOR, name="Bea")
    deciding.refuse(request=asked, actor=second, reason="Whose <b>is</b> it?", now=timezone.now())
    shown = signed_in(integrator).get(page(row)).content.decode()
    assert "Whose &lt;b&gt;is&lt;/b&gt; it?" in shown
    running.begin_test(client=row, actor=integrator, now=timezone.now())
