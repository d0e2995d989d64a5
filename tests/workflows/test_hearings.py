"""From a refusal to the court's signed decision: the appeal, its time, what is asked, and what is decided."""

import hashlib
import json
from datetime import timedelta

import pytest

from adapters import registry
from adapters.errors import Misconfigured
from adapters.models import Connection, Exchange, Inquiry, Ruling, WorkbenchItem
from adapters.pdf.signing import NotSound
from adapters.ports import Accepted, Context, Pending, Request
from identity.models import User
from tests.workflows.court import GROUNDS, appealed, open_court, refused_move
from tests.workflows.world import MARIA, OLE, Agencies, Clock, citizen, officer, pass_time, submitted
from workflows import rulings
from workflows.answers import AnswersInvalid
from workflows.models import Case, CaseEvent, Notification
from workflows.policies import appeal_until, can_appeal
from workflows.services.appeals import appeal
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.export import export
from workflows.services.hearings import answer, ask, rule

pytestmark = pytest.mark.django_db
WHY = {"reasons": "The register mistook the dwelling.", "law": "Population Registration Act, section 6"}


@pytest.fixture
def refused(agencies: Agencies, clock: Clock, maria: User) -> Case:
    open_court(agencies)
    return refused_move(maria, clock)


@pytest.fixture
def matter(refused: Case, maria: User, clock: Clock) -> WorkbenchItem:
    return appealed(refused, maria, clock)[1]


@pytest.fixture
def clerk() -> User:
    return officer("crt")


def check(item: WorkbenchItem) -> object:
    request = Request("open_case", {}, Context("c", "k"))
    return registry.adapter("crt").check(request, item.reference).result


def test_the_court_gets_what_was_asked_for_decided_and_said(matter: WorkbenchItem, refused: Case) -> None:
    told = matter.value
    assert (told["matter"], told["grounds"]) == ("appeal", GROUNDS)
    assert told["person"]["identifier"]["notation"] == MARIA
    assert told["appealed"]["reference"] == refused.reference
    assert told["appealed"]["decision"]["reason"] == "Nobody moves within a dwelling"
    assert matter.is_for_decision
    assert isinstance(check(matter), Pending)


def test_an_appeal_is_a_case_with_a_receipt_about_the_other(refused: Case, maria: User, clock: Clock) -> None:
    made, _ = appealed(refused, maria, clock)
    assert made.about == refused
    assert made.reference.startswith("APP-")
    assert made.receipt["service"] == "appeal"
    again = appeal(case=refused, actor=maria, answers={"grounds": "more"}, now=clock())
    assert again == made, "answering twice makes one appeal"
    assert not can_appeal(maria, refused, clock())


def test_a_refusal_can_be_appealed_for_21_days(refused: Case, maria: User, clock: Clock) -> None:
    until = appeal_until(refused)
    assert until is not None
    assert refused.completed_at is not None
    last = refused.completed_at + timedelta(days=21)
    assert until == last.date()
    assert can_appeal(maria, refused, last.replace(hour=20))
    assert not can_appeal(maria, refused, last + timedelta(days=1))
    with pytest.raises(NotPossible, match="too-late"):
        appeal(case=refused, actor=maria, answers={"grounds": "x"}, now=last + timedelta(days=1))


def test_only_the_applicant_of_a_refusal_appeals(refused: Case, maria: User, clock: Clock) -> None:
    with pytest.raises(NotAllowed):
        appeal(case=refused, actor=citizen(OLE, "Ole"), answers={"grounds": "x"}, now=clock())
    running = submitted(maria, clock)
    with pytest.raises(NotPossible):
        appeal(case=running, actor=maria, answers={"grounds": "x"}, now=clock())


@pytest.mark.parametrize(
    ("grounds", "code"), [("", "required"), ("x" * 4001, "too-long"), ("a\x00", "control")]
)
def test_grounds_that_do_not_fit(refused: Case, maria: User, clock: Clock, grounds: str, code: str) -> None:
    with pytest.raises(AnswersInvalid) as caught:
        appeal(case=refused, actor=maria, answers={"grounds": grounds}, now=clock())
    assert caught.value.problems["grounds"].startswith(code)


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("granted", "completed", "appeal-granted"), ("refused", "refused", "appeal-refused")],
)
def test_the_court_decides_and_the_case_hears_of_it(
    matter: WorkbenchItem, clerk: User, clock: Clock, outcome: str, status: str, told: str
) -> None:
    ruling = rule(item=matter, actor=clerk, outcome=outcome, now=clock(), **WHY)
    pass_time(clock, seconds=1)
    case = Case.objects.get(reference=matter.case_reference)
    assert case.status == status
    assert Notification.objects.filter(case=case, kind=told).count() == 1
    assert ruling.digest == hashlib.sha256(ruling.document).hexdigest()
    found = rulings.checked(ruling.document)
    assert (found.agency, found.reference) == ("District Court", matter.reference)
    decided = check(matter)
    assert isinstance(decided, Accepted)
    assert (decided.value["status"], decided.value["reason"]) == (outcome, WHY["reasons"])
    matter.refresh_from_db()
    assert matter.state == "done"
    row = Ruling.objects.get()
    assert b"mistook" not in bytes(row.told_sealed) + bytes(row.document_sealed)
    assert Exchange.objects.count() == 0, "this world has no log; the adapter's tests have"


def test_a_matter_is_decided_once(matter: WorkbenchItem, clerk: User, clock: Clock) -> None:
    rule(item=matter, actor=clerk, outcome="granted", now=clock(), **WHY)
    with pytest.raises(NotPossible, match="already-decided"):
        rule(item=matter, actor=clerk, outcome="refused", now=clock(), **WHY)
    with pytest.raises(NotPossible, match="already-decided"):
        ask(item=matter, actor=clerk, question="Why?", now=clock())
    assert Ruling.objects.get().outcome == "granted"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"outcome": "perhaps"}, "unknown-outcome"),
        ({"reasons": "  "}, "reason-missing"),
        ({"law": ""}, "law-missing"),
    ],
)
def test_a_decision_names_outcome_reasons_and_law(
    matter: WorkbenchItem, clerk: User, clock: Clock, changed: dict[str, str], why: str
) -> None:
    given = {"outcome": "granted", **WHY, **changed}
    with pytest.raises(NotPossible, match=why):
        rule(item=matter, actor=clerk, now=clock(), **given)
    assert not Ruling.objects.exists()


def test_others_neither_decide_nor_ask(matter: WorkbenchItem, maria: User, clock: Clock) -> None:
    for stranger in (officer("npr"), citizen(OLE, "Ole"), maria):
        with pytest.raises(NotAllowed):
            rule(item=matter, actor=stranger, outcome="granted", now=clock(), **WHY)
        with pytest.raises(NotAllowed):
            ask(item=matter, actor=stranger, question="Why?", now=clock())


def test_without_a_key_nothing_is_decided(matter: WorkbenchItem, clerk: User, clock: Clock) -> None:
    row = Connection.objects.get(key="crt")
    row.credentials = {}
    row.save()
    with pytest.raises(Misconfigured, match="signing_key"):
        rule(item=matter, actor=clerk, outcome="granted", now=clock(), **WHY)
    assert not Ruling.objects.exists()
    assert WorkbenchItem.objects.open().filter(pk=matter.pk).exists()


def test_the_court_asks_and_the_citizen_answers(
    matter: WorkbenchItem, clerk: User, maria: User, clock: Clock
) -> None:
    inquiry = ask(item=matter, actor=clerk, question="Which flat?", now=clock())
    with pytest.raises(NotPossible, match="already-asked"):
        ask(item=matter, actor=clerk, question="And when?", now=clock())
    with pytest.raises(NotAllowed):
        answer(inquiry=inquiry, actor=clerk, text="Flat 3", now=clock())
    answer(inquiry=inquiry, actor=maria, text="Flat 3", now=clock())
    with pytest.raises(NotPossible, match="already-answered"):
        answer(inquiry=inquiry, actor=maria, text="Flat 4", now=clock())
    kept = Inquiry.objects.get()
    assert (kept.said["question"], kept.said["answer"]) == ("Which flat?", "Flat 3")
    assert b"Flat" not in bytes(kept.said_sealed)
    kinds = CaseEvent.objects.filter(case__reference=matter.case_reference).values_list("kind", flat=True)
    assert {"asked", "answer-given"} <= set(kinds)
    assert Notification.objects.filter(kind="court-asks", user=maria).count() == 1
    rule(item=matter, actor=clerk, outcome="granted", now=clock(), **WHY)
    told = export(actor=maria, now=clock())
    heard = [one for case in told["cases"] for one in case["hearings"] if one["unit"] == "crt"]
    assert [(one["question"], one["answer"]) for one in heard[0]["asked"]] == [("Which flat?", "Flat 3")]
    assert [(one["outcome"], one["law"]) for one in heard[0]["decided"]] == [("granted", WHY["law"])]
    assert clerk.get_full_name() not in json.dumps(heard)


def test_an_answer_after_the_decision_is_too_late(
    matter: WorkbenchItem, clerk: User, maria: User, clock: Clock
) -> None:
    inquiry = ask(item=matter, actor=clerk, question="Which flat?", now=clock())
    rule(item=matter, actor=clerk, outcome="refused", now=clock(), **WHY)
    with pytest.raises(NotPossible, match="already-decided"):
        answer(inquiry=inquiry, actor=maria, text="Flat 3", now=clock())


def test_a_changed_decision_is_not_believed(matter: WorkbenchItem, clerk: User, clock: Clock) -> None:
    document = bytearray(rule(item=matter, actor=clerk, outcome="refused", now=clock(), **WHY).document)
    document[len(document) // 2] ^= 1
    with pytest.raises(NotSound):
        rulings.checked(bytes(document))
