"""What a citizen sees of an appeal: the way to it, the question, the decision and its check."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adapters.models import WorkbenchItem
from identity.models import User
from tests.portal.follow.world import signed_in
from tests.workflows.court import appealed, open_court, refused_move
from tests.workflows.world import OLE, Agencies, Clock, citizen, officer, pass_time
from workflows.models import Case
from workflows.services.hearings import ask, rule

pytestmark = pytest.mark.django_db
WHY = {"reasons": "The register mistook the dwelling.", "law": "Population Registration Act, section 6"}


def text_of(html: bytes) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode()))


@pytest.fixture
def refused(agencies: Agencies, clock: Clock, maria: User) -> Case:
    open_court(agencies)
    return refused_move(maria, clock)


def test_from_the_refusal_to_the_appeal(refused: Case, maria: User, clock: Clock) -> None:
    browser = signed_in(maria)
    page = f"/my/cases/{refused.reference}/appeal/"
    assert page in browser.get(f"/my/cases/{refused.reference}/").content.decode()
    assert "Nobody moves within a dwelling" in text_of(browser.get(page).content)
    empty = browser.post(page, {"grounds": ""})
    assert empty.status_code == 422
    sent = browser.post(page, {"grounds": "It is another dwelling.\nSee the lease."})
    assert sent.status_code == 302
    again = browser.get(page)
    assert "You have appealed this decision" in text_of(again.content)
    made = Case.objects.get(about=refused)
    assert sent["Location"].endswith(f"/{made.reference}/")
    text = text_of(browser.get(sent["Location"]).content)
    assert f"This is about your case {refused.reference}" in text
    assert made.answers["grounds"] == "It is another dwelling.\nSee the lease."


def test_after_the_last_day_it_is_too_late(refused: Case, maria: User) -> None:
    assert refused.completed_at is not None
    with time_machine.travel(refused.completed_at + timedelta(days=22), tick=False):
        browser = signed_in(maria)
        assert "/appeal/" not in browser.get(f"/my/cases/{refused.reference}/").content.decode()
        page = browser.post(f"/my/cases/{refused.reference}/appeal/", {"grounds": "x"})
        assert page.status_code == 409
        assert "The last day for it was" in text_of(page.content)
    assert not Case.objects.filter(about=refused).exists()


def test_an_appeal_begins_at_its_case_and_nowhere_else(refused: Case, maria: User) -> None:
    assert signed_in(maria).get("/services/appeal/start/").status_code == 404
    stranger = signed_in(citizen(OLE, "Ole"))
    assert stranger.get(f"/my/cases/{refused.reference}/appeal/").status_code == 404


def test_what_the_court_asks_is_answered(refused: Case, maria: User, clock: Clock) -> None:
    made, item = appealed(refused, maria, clock)
    inquiry = ask(item=item, actor=officer("crt"), question="Which flat <b>is</b> it?", now=clock())
    browser, page = signed_in(maria), f"/my/cases/{made.reference}/answer/{inquiry.public_id}/"
    assert page in browser.get(f"/my/cases/{made.reference}/").content.decode()
    assert "Which flat &lt;b&gt;is&lt;/b&gt; it?" in browser.get(page).content.decode()
    assert browser.post(page, {"answer": ""}).status_code == 422
    assert browser.post(page, {"answer": "Flat 3"}).status_code == 302
    assert browser.post(page, {"answer": "Flat 4"}).status_code == 409
    assert "Flat 3" in text_of(browser.get(page).content)
    assert signed_in(citizen(OLE, "Ole")).get(page).status_code == 404
    assert "The court asks you something" in text_of(browser.get("/my/messages/").content)


def decided(item: WorkbenchItem, clock: Clock, outcome: str = "granted") -> bytes:
    ruling = rule(item=item, actor=officer("crt"), outcome=outcome, now=clock(), **WHY)
    pass_time(clock, seconds=1)
    return ruling.document


@pytest.mark.parametrize(
    ("outcome", "words"), [("granted", "has granted your appeal"), ("refused", "has refused your appeal")]
)
def test_the_decision_in_plain_words_and_as_a_document(
    refused: Case, maria: User, clock: Clock, outcome: str, words: str
) -> None:
    made, item = appealed(refused, maria, clock)
    document = decided(item, clock, outcome)
    browser = signed_in(maria)
    text = text_of(browser.get(f"/my/cases/{made.reference}/").content)
    assert words in text
    assert WHY["reasons"] in text
    assert WHY["law"] in text
    got = browser.get(f"/my/cases/{made.reference}/decision.pdf")
    assert (got.content, got["Content-Type"]) == (document, "application/pdf")
    assert f'filename="{item.reference}.pdf"' in got["Content-Disposition"]
    stranger = signed_in(citizen(OLE, "Ole"))
    assert stranger.get(f"/my/cases/{made.reference}/decision.pdf").status_code == 404
    assert Client().get(f"/my/cases/{made.reference}/decision.pdf").status_code == 302


def check(content: bytes, name: str = "decision.pdf") -> tuple[int, str]:
    """What the public page says of a file, to somebody who has not signed in."""
    page = Client().post("/decisions/verify/", {"document": SimpleUploadedFile(name, content)})
    return page.status_code, text_of(page.content)


def test_anybody_can_check_a_decision(refused: Case, maria: User, clock: Clock) -> None:
    _, item = appealed(refused, maria, clock)
    document = decided(item, clock)
    status, text = check(document)
    assert status == 200
    assert "The signature holds" in text
    assert "District Court" in text
    assert item.reference in text
    assert "Maria" not in text, "the page says nothing about the person"
    changed = bytearray(document)
    changed[len(document) // 3] ^= 1
    status, text = check(bytes(changed), "<i>x</i>.pdf")
    assert status == 422
    assert "The signature holds" not in text
    assert "Do not rely on it" in text or "not a PDF" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"Hello", "not a PDF file"), (b"%PDF-1.7 junk", "not a PDF file"), (b"", "not a PDF file")],
)
def test_what_is_no_decision(content: bytes, words: str) -> None:
    status, text = check(content)
    assert status == 422
    assert words in text or "Choose the PDF file" in text


def test_nothing_chosen_says_so() -> None:
    page = Client().post("/decisions/verify/")
    assert page.status_code == 422
    assert "Choose the PDF file of a decision" in text_of(page.content)
    assert Client().get("/decisions/verify/").status_code == 200
