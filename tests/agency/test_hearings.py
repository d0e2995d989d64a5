"""The court's desk: the queue, a matter with its evidence, asking, deciding, and who may."""

import re

import pytest
from django.test import Client

from adapters.models import Connection, Inquiry, Ruling, WorkbenchItem
from identity.models import StaffRole, User
from tests.agency.world import Role, member, reads, signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.court import GROUNDS, appealed, open_court, refused_move
from tests.workflows.world import Agencies, Clock
from workflows.models import Case

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
GIVEN = {"outcome": "granted", "reasons": "The register mistook the dwelling.", "law": "Act, section 6"}


@pytest.fixture
def refused(agencies: Agencies, clock: Clock, maria: User) -> Case:
    open_court(agencies)
    return refused_move(maria, clock)


@pytest.fixture
def matter(refused: Case, maria: User, clock: Clock) -> WorkbenchItem:
    return appealed(refused, maria, clock)[1]


@pytest.fixture
def clerk(db: None) -> Client:
    return signed_in(member(Role.CASEWORKER, "crt", "Ylva"))


def page_of(item: WorkbenchItem) -> str:
    return f"/agency/matters/{item.public_id}/"


def text_of(html: bytes) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode()))


def test_the_queue_leads_to_the_matter(clerk: Client, matter: WorkbenchItem) -> None:
    assert matter.reference in clerk.get("/agency/").content.decode()
    led = clerk.get(f"/agency/workbench/{matter.public_id}/")
    assert (led.status_code, led["Location"]) == (302, page_of(matter))


def test_the_evidence_is_there_and_every_read_is_tied_to_its_case(
    clerk: Client, matter: WorkbenchItem, refused: Case
) -> None:
    text = text_of(clerk.get(page_of(matter)).content)
    for words in (GROUNDS, "Nobody moves within a dwelling", refused.reference, "Harbour Street"):
        assert words in text, words
    assert "What happened in the appealed case" in text
    what = f"matter {matter.reference}"
    for case in (refused, Case.objects.get(reference=matter.case_reference)):
        assert [(one["what"], one["name"]) for one in reads(case)] == [(what, "Ylva CRT")]


def test_a_decision_is_made_and_shown(clerk: Client, matter: WorkbenchItem) -> None:
    assert clerk.post(page_of(matter), GIVEN).status_code == 302
    text = text_of(clerk.get(page_of(matter)).content)
    assert "Decided by Ylva CRT" in text
    got = clerk.get(f"{page_of(matter)}decision.pdf")
    assert got.content == Ruling.objects.get().document
    second = clerk.post(page_of(matter), {**GIVEN, "outcome": "refused"})
    assert second.status_code == 409
    assert "decided meanwhile" in text_of(second.content)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcome": ""}, "Choose an answer"),
        ({"outcome": "perhaps"}, "perhaps"),
        ({"reasons": ""}, "Enter an answer"),
        ({"law": ""}, "Enter the law that the decision rests on"),
        ({"reasons": "a\x00b"}, ""),
    ],
)
def test_a_decision_that_lacks_something(
    clerk: Client, matter: WorkbenchItem, changed: dict[str, str], words: str
) -> None:
    page = clerk.post(page_of(matter), {**GIVEN, **changed})
    assert page.status_code == 422
    assert words in text_of(page.content)
    assert not Ruling.objects.exists()


def test_asking_needs_no_law(clerk: Client, matter: WorkbenchItem) -> None:
    asked = {"outcome": "more", "reasons": "Which flat is it?", "law": ""}
    assert clerk.post(page_of(matter), asked).status_code == 302
    assert Inquiry.objects.get().said["question"] == "Which flat is it?"
    text = text_of(clerk.get(page_of(matter)).content)
    assert "Not answered yet" in text
    assert clerk.post(page_of(matter), asked).status_code == 409


def test_without_a_key_the_clerk_is_told(clerk: Client, matter: WorkbenchItem) -> None:
    row = Connection.objects.get(key="crt")
    row.credentials = {}
    row.save()
    page = clerk.post(page_of(matter), GIVEN)
    assert page.status_code == 409
    assert "signing_key" in text_of(page.content)


@pytest.mark.parametrize(("role", "unit"), [("caseworker", "npr"), ("integrator", ""), ("administrator", "")])
def test_only_the_court_s_own_hear_it(matter: WorkbenchItem, role: str, unit: str) -> None:
    browser = signed_in(member(role, unit))
    for path in (page_of(matter), f"{page_of(matter)}decision.pdf"):
        assert browser.get(path).status_code == 404
    assert browser.post(page_of(matter), GIVEN).status_code in {404, 405}
    assert not Ruling.objects.exists()


def test_nobody_hears_their_own_case(matter: WorkbenchItem, maria: User) -> None:
    StaffRole.objects.create(user=maria, role=Role.CASEWORKER, unit="crt")
    browser = signed_in(maria)
    assert browser.get(page_of(matter)).status_code == 403
    assert browser.post(page_of(matter), GIVEN).status_code == 403


def test_there_is_no_document_before_the_decision(clerk: Client, matter: WorkbenchItem) -> None:
    assert clerk.get(f"{page_of(matter)}decision.pdf").status_code == 404
