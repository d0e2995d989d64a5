"""Somebody without an account confirms by a link."""

import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from identity.models import User
from onestop.portal.asked import link
from tests.workflows.served import document, opened, seen
from tests.workflows.world import Clock
from workflows.models import Case

pytestmark = pytest.mark.django_db
JSON = dict[str, Any]
RENT: JSON = {"name": "rent", "kind": "text", "label": "Rent", "path": "rent"}
LINK: JSON = {"id": "landlord", "kind": "link", "role": "Landlord", "into": "said", "within": "P14D"}
LINK |= {
    "to": {"email": "=answers.landlord"},
    "show": {"home": "=answers.home", "number": 7},
    "fields": [RENT],
}
LINK["texts"] = {"en": {"title": "Please confirm", "text": "It is about {home}."}}
LINK["labels"] = {"home": "Home", "denied": "I do not let it"}


@pytest.fixture
def case(clock: Clock, maria: User) -> Case:
    """A case that asks a landlord."""
    return opened(
        document(LINK, service="confirming"),
        maria,
        clock,
        {"landlord": "l@example.org", "home": "Elm Street 4"},
    )


@pytest.fixture
def address(case: Case) -> str:
    """What stands in the landlord's mail."""
    found = re.search(r"/confirm/[^/]+/", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def test_a_landlord_reads_what_it_is_about_and_confirms_once(case: Case, address: str) -> None:
    browser = Client()
    page = browser.get(address)
    text = page.content.decode()
    assert "It is about Elm Street 4." in text
    assert "You are asked as: Landlord" in text
    assert ("I do not let it" in text, "number" in text) == (True, False)
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert browser.post(address, {}).status_code == 422
    missing = browser.post(address, {"outcome": "confirmed"})
    assert (missing.status_code, 'href="#id_rent"' in missing.content.decode()) == (422, True)
    done = browser.post(address, {"outcome": "confirmed", "rent": "900"})
    assert (done.status_code, "Your answer is in" in done.content.decode()) == (200, True)
    assert (seen(case)["said"]["outcome"], seen(case)["said"]["rent"]) == ("confirmed", "900")
    again = browser.post(address, {"outcome": "denied"})
    assert (again.status_code, "answered already" in again.content.decode()) == (410, True)


def test_who_says_no_need_not_fill_in_the_rest(case: Case, address: str) -> None:
    assert Client().post(address, {"outcome": "denied"}).status_code == 200
    assert seen(case)["said"]["outcome"] == "denied"


def test_a_link_is_shown_in_the_readers_language(address: str) -> None:
    page = Client().get(address, headers={"Accept-Language": "ar"})
    assert 'dir="rtl"' in page.content.decode()


def test_a_wrong_link_and_one_whose_time_is_up_say_so(address: str, clock: Clock) -> None:
    unknown = Client().get("/confirm/nothing/")
    assert (unknown.status_code, "does not work" in unknown.content.decode()) == (404, True)
    with time_machine.travel(clock.now.replace(year=clock.now.year + 1), tick=False):
        late = Client().get(address)
    assert (late.status_code, "time to answer is up" in late.content.decode()) == (410, True)


def test_guessing_is_braked(address: str) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    answers = [stranger.get(f"/confirm/guess-{n}/").status_code for n in range(link.MISSES + 5)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert Client(REMOTE_ADDR="203.0.113.10").get(address).status_code == 200
