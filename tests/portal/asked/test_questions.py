"""Answering further questions page by page, as a person does in a browser."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import User
from tests.portal.follow.world import signed_in
from tests.workflows.served import document, opened, seen
from tests.workflows.world import OLE, Clock, citizen, pass_time
from workflows.models import Case, Request
from workflows.services.controls import pause

pytestmark = pytest.mark.django_db
JSON = dict[str, Any]
NAME: JSON = {"name": "name", "kind": "text", "label": "Given name", "path": "name"}
DAY: JSON = {
    "name": "day",
    "kind": "date",
    "label": "Day",
    "path": "day",
    "latest": "P30D",
    "earliest": "-P1D",
}
CARE: JSON = {"name": "care", "kind": "choice", "label": "Care", "path": "care", "required": False}
CARE["choices"] = {"home": "At home", "centre": "At the centre"}
VISIT: JSON = {"name": "visit", "kind": "yes-no", "label": "A visit?", "path": "visit"}
PAGES: list[JSON] = [
    {"id": "name", "title": "The name", "fields": [NAME]},
    {"id": "more", "title": "The first weeks", "hint": "As you wish", "fields": [DAY, CARE, VISIT]},
]
STEP: JSON = {"id": "ask", "kind": "questions", "pages": PAGES, "within": "P90D", "into": "child"}
STEP["texts"] = {"en": {"title": "Name your child"}}
MORE = {"day-day": "3", "day-month": "3", "day-year": "2027", "care": "home", "visit": "no"}


@pytest.fixture
def asked(clock: Clock, maria: User) -> Request:
    """Questions to Maria that wait."""
    case = opened(document(STEP, service="asking"), maria, clock)
    return Request.objects.get(case=case)


def at(asked: Request, page: str = "") -> str:
    """The address of a page, or of the whole."""
    if page:
        return reverse("portal:question", args=[asked.public_id, page])
    return reverse("portal:questions", args=[asked.public_id])


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def test_answers_are_kept_page_by_page_and_sent_at_the_end(asked: Request, maria: User, clock: Clock) -> None:
    browser = signed_in(maria)
    assert "Name your child" in text_of(browser, reverse("portal:my"))
    assert at(asked) in text_of(browser, reverse("portal:messages"))
    assert at(asked) in text_of(browser, reverse("portal:case", args=[asked.case.reference]))
    assert browser.get(at(asked)).headers["Location"] == at(asked, "name")
    assert browser.post(at(asked, "name"), {"name": "Eva"}).headers["Location"] == at(asked)
    assert browser.get(at(asked)).headers["Location"] == at(asked, "more")
    assert seen(asked.case).get("child") is None
    browser.post(at(asked, "more"), MORE)
    last = browser.get(at(asked)).headers["Location"]
    shown = text_of(browser, last)
    assert [word in shown for word in ("Eva", "At home", "3 March 2027", "No")] == [True] * 4
    assert 'value="Eva"' in text_of(browser, at(asked, "name"))
    assert browser.post(last).headers["Location"] == at(asked)
    told = seen(asked.case)["child"]
    assert told == {"name": "Eva", "day": "2027-03-03", "care": "home", "visit": False, "outcome": "answered"}
    assert "Your answers are in" in text_of(browser, at(asked))
    assert "Your answers are in" in text_of(browser, at(asked, "name"))


def test_bad_answers_are_said_at_their_field_and_nothing_is_lost(asked: Request, maria: User) -> None:
    browser = signed_in(maria)
    response = browser.post(at(asked, "more"), {**MORE, "day-year": "2031", "care": "moon"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_day-day"' in page
    assert 'href="#id_care"' in page
    assert 'value="2031"' in page
    assert browser.get(reverse("portal:questions-send", args=[asked.public_id])).headers["Location"] == at(
        asked, "name"
    )
    assert browser.get(at(asked, "none")).status_code == 404


def test_an_answer_that_does_not_fit_any_more_is_asked_again(
    asked: Request, maria: User, clock: Clock
) -> None:
    browser = signed_in(maria)
    browser.post(at(asked, "name"), {"name": "Eva"})
    browser.post(at(asked, "more"), MORE)
    Request.objects.get(pk=asked.pk)
    kept = Request.objects.get(pk=asked.pk)
    kept.answer["kept"]["more"]["day"] = "2026-01-01"
    kept.save()
    assert browser.get(at(asked)).headers["Location"] == at(asked, "more")
    assert "does not fit any more" in text_of(browser, at(asked, "more"))


def test_strangers_learn_nothing(asked: Request) -> None:
    stranger = signed_in(citizen(OLE, "Ole"))
    for address in (at(asked), at(asked, "name"), reverse("portal:questions-send", args=[asked.public_id])):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert stranger.post(at(asked, "name"), {"name": "Eva"}).status_code == 404


def test_closed_questions_say_so(asked: Request, maria: User, clock: Clock) -> None:
    browser = signed_in(maria)
    pass_time(clock, days=91)
    assert "These questions are closed" in text_of(browser, at(asked), 409)
    assert browser.post(at(asked, "name"), {"name": "Eva"}).status_code == 409


def test_a_case_that_stands_still_keeps_the_answers(asked: Request, maria: User, clock: Clock) -> None:
    browser = signed_in(maria)
    browser.post(at(asked, "name"), {"name": "Eva"})
    browser.post(at(asked, "more"), MORE)
    case = Case.objects.get(pk=asked.case_id)
    pause(case=case, actor="system:test", reason="Looked at", now=clock())
    response = browser.post(reverse("portal:questions-send", args=[asked.public_id]))
    assert (response.status_code, "stands still" in response.content.decode()) == (409, True)
    assert Request.objects.get(pk=asked.pk).answer["kept"]["name"] == {"name": "Eva"}
