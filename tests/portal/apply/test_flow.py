"""The whole application: prefilled, saved page by page, checked, sent once."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from adapters.sandbox import Sandbox
from identity.models import User
from onestop.portal.apply.urls import urlpatterns
from tests.adapters.connections import MARIA
from tests.portal.follow.world import signed_in
from workflows.models import Case, Draft, Job

pytestmark = pytest.mark.django_db


def page(draft: Draft, name: str) -> str:
    """The address of a question page."""
    return reverse("portal:page", args=[draft.public_id, name])


def day(offset: int = 7) -> dict[str, str]:
    """A date as the three fields send it."""
    when = date.today() + timedelta(days=offset)
    return {f"moveDate-{part}": str(getattr(when, part)) for part in ("day", "month", "year")}


FOUND = {"postCode": "52314", "locatorDesignator": "8"}
GOOD: dict[str, dict[str, Any]] = {
    "household": {"movers": [MARIA]},
    "move-date": day(),
    "new-address": {**FOUND, "choice": "AU-20020001"},
    "tenancy": {"tenancy": "yes"},
    "contact": {"hasEmail": "maria@example.org", "hasTelephone": ""},
}


def fill(browser: Client, draft: Draft) -> None:
    """Answer every page."""
    for name, answers in GOOD.items():
        response = browser.post(page(draft, name), answers)
        assert response.status_code == 302, (name, response.content.decode()[-3000:])


def test_starting_asks_the_register_and_shows_what_it_holds(browser: Client) -> None:
    response = browser.get(reverse("portal:start", args=["moving-house"]), follow=True)
    text = response.content.decode()
    assert "Who is moving?" in text
    for name in ("Maria Lindqvist-Okafor", "Chidi Okafor", "Amara Lindqvist-Okafor"):
        assert name in text
    assert "National Population Register" in text


def test_starting_again_resumes(browser: Client, draft: Draft) -> None:
    browser.post(page(draft, "household"), GOOD["household"])
    response = browser.get(reverse("portal:start", args=["moving-house"]))
    assert response["Location"] == reverse("portal:draft", args=[draft.public_id])
    assert Draft.objects.count() == 1
    assert "1 of 5" in browser.get(response["Location"]).content.decode()


def test_an_unknown_service_is_not_found(browser: Client) -> None:
    assert browser.get(reverse("portal:start", args=["flying-cars"])).status_code == 404


def test_the_whole_application_is_sent_once(browser: Client, draft: Draft) -> None:
    fill(browser, draft)
    check = reverse("portal:check", args=[draft.public_id])
    text = browser.get(check).content.decode()
    for answer in (
        "Maria Lindqvist-Okafor",
        "Orchard Road 8, 52314 Vestvik",
        "maria@example.org",
        "Tax Office",
    ):
        assert answer in text
    first, second = browser.post(check), browser.post(check)
    case = Case.objects.get()
    assert first["Location"] == reverse("portal:submitted", args=[case.reference])
    assert second["Location"] == first["Location"]
    assert Job.objects.filter(case=case).count() == 1
    assert case.reference in browser.get(first["Location"]).content.decode()
    receipt = browser.get(reverse("portal:receipt", args=[case.reference])).content.decode()
    assert "The signature holds" in receipt
    assert case.answers["address"]["adminUnitL2"] == "Vestvik"


def test_sending_needs_every_answer(browser: Client, draft: Draft) -> None:
    browser.post(page(draft, "household"), GOOD["household"])
    for answer in (browser.get, browser.post):
        response = answer(reverse("portal:check", args=[draft.public_id]))
        assert response["Location"] == page(draft, "move-date")
    assert not Case.objects.exists()


def test_come_back_later_keeps_the_page(browser: Client, draft: Draft) -> None:
    response = browser.post(page(draft, "move-date"), {**day(), "later": "1"})
    assert response["Location"] == reverse("portal:draft", args=[draft.public_id])
    assert str(date.today().year)[:2] in browser.get(page(draft, "move-date")).content.decode()


def test_a_silent_population_register_is_said_and_stops_nobody(
    browser: Client, maria: User, sandbox: Sandbox
) -> None:
    sandbox.switch("npr", down=True)
    response = browser.get(reverse("portal:start", args=["moving-house"]), follow=True)
    text = response.content.decode()
    assert "has not answered since" in text
    assert "Maria Lindqvist-Okafor" in text
    assert "Chidi" not in text
    assert browser.post(response.request["PATH_INFO"], GOOD["household"]).status_code == 302


def test_a_silent_address_register_lets_the_citizen_write(
    browser: Client, draft: Draft, sandbox: Sandbox
) -> None:
    sandbox.switch("laa", down=True)
    text = browser.get(page(draft, "new-address"), FOUND).content.decode()
    assert "has not answered since" in text
    assert 'value="52314"' in text, "what was typed is kept"
    written = {
        **{"write": "1", "thoroughfare": "Orchard Road", "locatorDesignator": "8", "locatorName": ""},
        **{"postCode": "523 14", "postName": "Vestvik", "adminUnitL2": "Vestvik"},
    }
    assert browser.post(page(draft, "new-address"), written).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["address"]["postCode"] == "52314"
    assert "addressID" not in draft.answers["address"]


def test_nothing_found_says_so(browser: Client, draft: Draft) -> None:
    text = browser.get(
        page(draft, "new-address"), {"postCode": "99999", "locatorDesignator": "1"}
    ).content.decode()
    assert "has no such address" in text


def test_an_expired_draft_says_so(browser: Client, old_draft: Draft) -> None:
    response = browser.get(reverse("portal:draft", args=[old_draft.public_id]))
    assert response.status_code == 410
    assert "no longer kept" in response.content.decode()


@pytest.mark.parametrize("name", [pattern.name for pattern in urlpatterns if pattern.name != "start"])
def test_a94_a_stranger_finds_nothing(browser: Client, draft: Draft, name: str) -> None:
    fill(browser, draft)
    case_page = name in {"submitted", "receipt"}
    if case_page:
        browser.post(reverse("portal:check", args=[draft.public_id]))
    arguments: dict[str, Any] = {"public_id": draft.public_id}
    if case_page:
        arguments = {"reference": Case.objects.get().reference}
    elif name == "page":
        arguments["page"] = "household"
    path = reverse(f"portal:{name}", kwargs=arguments)
    assert browser.get(path).status_code == 200
    stranger = signed_in(User.objects.create_user("19990228T5437", given_name="Eve", family_name="X"))
    for answer in (stranger.get(path), stranger.post(path, GOOD["household"])):
        assert answer.status_code in {404, 405}
        assert "Maria" not in answer.content.decode()
    assert Client().get(path).status_code == 302


def test_no_such_draft_and_no_such_page(browser: Client, draft: Draft) -> None:
    assert browser.get(reverse("portal:draft", args=[uuid.uuid4()])).status_code == 404
    assert browser.get(page(draft, "no-such-page")).status_code == 404


def test_a_page_costs_few_queries(
    browser: Client, draft: Draft, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        browser.get(page(draft, "household"))


def sign_in_again(client: Client, user: User) -> None:
    """As the callback does: the browser keeps what belongs to nobody yet."""
    session = client.session
    session.update({"_auth_user_id": str(user.pk), "acr": "http://eidas.europa.eu/LoA/substantial"})
    session.update(
        {
            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
            "_auth_user_hash": user.get_session_auth_hash(),
        }
    )
    session.save()


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("move-date", {"moveDate-day": "31", "moveDate-month": "2", "moveDate-year": "2026"}, 'value="31"'),
        ("contact", {"hasEmail": "typed@example.org", "hasTelephone": ""}, "typed@example.org"),
        ("new-address", {"write": "1", "thoroughfare": "Typed Lane", "postCode": "41"}, "Typed Lane"),
    ],
)
def test_what_was_typed_when_the_session_ended_is_there_again(
    browser: Client, draft: Draft, maria: User, name: str, typed: dict[str, str], shown: str
) -> None:
    browser.logout()
    path = page(draft, name)
    sent = browser.post(path, typed)
    assert sent["Location"].startswith("/sign-in?next=%2Fapply%2F")
    sign_in_again(browser, maria)
    back = browser.get(path)
    assert back.status_code == 200
    assert shown in back.content.decode()
    assert "You were signed out before this was saved" in back.content.decode()
    draft.refresh_from_db()
    assert name not in draft.pages_done, "nothing is saved that the person has not looked at"
    assert "You were signed out before" not in browser.get(path).content.decode()


def test_another_person_at_the_same_browser_reads_nothing_of_it(browser: Client, draft: Draft) -> None:
    browser.logout()
    browser.post(page(draft, "contact"), {"hasEmail": "typed@example.org"})
    sign_in_again(browser, User.objects.create_user(given_name="Eve"))
    other = browser.get(page(draft, "contact"))
    assert other.status_code == 404
    assert "typed@example.org" not in other.content.decode()
