"""What cases ask besides calls and tasks: links, questions, events, fees, times, documents, other cases."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from identity.models import User
from tests.workflows.served import document, opened, published, seen
from tests.workflows.world import OLE, Clock, citizen, officer, pass_time, run_due
from workflows import ports
from workflows.answers import AnswersInvalid
from workflows.models import Case, CaseDocument, CaseEvent, Inbox, Job, Notification, Request, Task
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.events import receive_event
from workflows.services.requests import answer_link, answer_questions, open_link, settle
from workflows.services.tasks import decide

pytestmark = pytest.mark.django_db
JSON = dict[str, Any]
TEXTS = {"en": {"title": "Please confirm", "text": "The rent is {rent}."}}
RENT = {"name": "rent", "kind": "text", "label": "Rent", "path": "rent", "required": True}
LINK: JSON = {"id": "landlord", "kind": "link", "role": "Landlord", "texts": TEXTS, "into": "said"}
LINK |= {"to": {"email": "=answers.landlord"}, "show": {"rent": "=answers.rent"}, "fields": [RENT]}
LINK["within"] = "P14D"
FEE: JSON = {"id": "fee", "kind": "payment", "amount": 120, "subject": "Registration", "into": "paid"}
FEE |= {"unit": "brg", "within": "P14D"}
VISIT: JSON = {"id": "visit", "kind": "appointment", "subject": "Inspection", "into": "visit"}
VISIT |= {"unit": "vestvik", "within": "P60D"}
BIRTH: JSON = {"id": "birth", "kind": "event", "from": "hos", "type": "aurelia.hos.birth.v1", "into": "birth"}
BIRTH |= {"match": "=applicant.identifier.notation", "by": "data.mother", "within": "P300D"}
JUDGE: JSON = {"id": "look", "kind": "task", "unit": "sia", "task": "judge", "into": "found"}
JUDGE |= {"outcomes": ["grant", "refuse"], "four_eyes": ["refuse"]}
LETTER: JSON = {"id": "letter", "kind": "document", "name": "Decision", "into": "letter", "data": {"sum": 7}}
LETTER |= {"texts": {"en": {"title": "Decision {reference}", "text": "You get {sum}."}}}
LETTER["facts"] = [{"label": "Name", "value": "=applicant.givenName"}, {"label": "None", "value": "=nothing"}]


def secret() -> str:
    found = re.search(r"/confirm/([^/]+)/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def given(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_landlord_confirms_by_a_link_that_works_once(clock: Clock, maria: User) -> None:
    case = opened(document(LINK), maria, clock, {"landlord": "l@example.org", "rent": "900"})
    assert (mail.outbox[0].to, "The rent is 900." in mail.outbox[0].body) == (["l@example.org"], True)
    asked = open_link(secret=secret(), now=clock())
    assert asked.value["show"] == {"rent": "900"}
    assert secret() not in (asked.key, str(asked.value))
    with pytest.raises(AnswersInvalid):
        answer_link(secret=secret(), outcome="confirmed", answers={}, now=clock())
    with pytest.raises(NotPossible, match="unknown-outcome"):
        answer_link(secret=secret(), outcome="maybe", answers={"rent": "900"}, now=clock())
    answer_link(secret=secret(), outcome="confirmed", answers={"rent": "900"}, now=clock())
    assert (seen(case)["said"]["outcome"], seen(case)["said"]["rent"]) == ("confirmed", "900")
    assert given(case).status == Case.Status.COMPLETED
    with pytest.raises(NotPossible, match="closed"):
        answer_link(secret=secret(), outcome="confirmed", answers={"rent": "1"}, now=clock())
    entry = CaseEvent.objects.get(case=case, kind="link-answered")
    assert entry.actor == "link:Landlord"


def test_a_link_expires_and_strangers_guess_nothing(clock: Clock, maria: User) -> None:
    case = opened(document(LINK), maria, clock, {"landlord": "l@example.org"})
    for guess in ("", "x", "\udcff", secret()[:-1]):
        with pytest.raises(NotPossible, match="unknown"):
            open_link(secret=guess, now=clock())
    pass_time(clock, days=15)
    assert seen(case)["said"] == {"timedOut": True}
    with pytest.raises(NotPossible, match="closed"):
        open_link(secret=secret(), now=clock())


def test_a_link_to_nowhere_stops_before_a_person(clock: Clock, maria: User) -> None:
    case = opened(document(LINK), maria, clock, {"landlord": None})
    pass_time(clock, hours=2)
    task = Task.objects.get(case=case)
    assert "gives no email" in task.question
    assert given(case).status == Case.Status.NEEDS_PERSON


def test_a_person_answers_further_questions_and_a_stranger_does_not(clock: Clock, maria: User) -> None:
    name = {"name": "name", "kind": "text", "label": "Name", "path": "name", "required": True}
    page = {"id": "name", "title": "Name", "fields": [name]}
    step = {"id": "ask", "kind": "questions", "pages": [page], "within": "P90D", "into": "child"}
    case = opened(document(step), maria, clock)
    assert Notification.objects.get(user=maria, case=case).kind == "questions-asked"
    (request,) = Request.objects.for_person(maria)
    ole = citizen(OLE, "Ole")
    assert not Request.objects.for_person(ole)
    with pytest.raises(NotAllowed):
        answer_questions(request=request, actor=ole, answers={"name": "Eva"}, now=clock())
    with pytest.raises(AnswersInvalid):
        answer_questions(request=request, actor=maria, answers={}, now=clock())
    answer_questions(request=request, actor=maria, answers={"name": "Eva"}, now=clock())
    assert seen(case)["child"] == {"name": "Eva", "outcome": "answered"}
    with pytest.raises(NotPossible, match="closed"):
        answer_questions(request=request, actor=maria, answers={"name": "Ada"}, now=clock())


def tell(clock: Clock, number: str, data: JSON, kind: str = "aurelia.hos.birth.v1") -> str:
    event = {"type": kind, "time": clock().isoformat(), "data": data}
    return receive_event(agency="hos", event_id=number, subject="s", event=event, now=clock())


def test_an_event_finds_the_case_that_waits_for_it(clock: Clock, maria: User) -> None:
    case = opened(document(BIRTH), maria, clock)
    assert tell(clock, "1", {"mother": OLE}) == "no-service"
    assert tell(clock, "2", {"mother": maria.identifier}, kind="aurelia.hos.death.v1") == "no-service"
    assert tell(clock, "3", {"mother": maria.identifier, "weight": 3500}) == "recorded"
    assert tell(clock, "3", {"mother": maria.identifier}) == "duplicate"
    run_due(clock)
    assert seen(case)["birth"]["data"]["weight"] == 3500
    assert Request.objects.get(case=case).state == Request.State.ANSWERED


def test_an_event_that_came_before_the_wait_is_not_lost(clock: Clock, maria: User) -> None:
    pause = {"id": "t", "kind": "timer", "for": "P1D"}
    case = opened(document(pause, BIRTH), maria, clock)
    assert tell(clock, "1", {"mother": maria.identifier}) == "no-service"
    pass_time(clock, days=2)
    assert seen(case)["birth"]["outcome"] == "received"
    assert Inbox.objects.get(message_id="1").outcome == "recorded"


def test_a_service_begins_with_an_event_once_for_each(clock: Clock, maria: User) -> None:
    start = {
        "from": "hos",
        "type": "aurelia.hos.birth.v1",
        "applicant": "=event.data.parent",
        "once": "=event.data.child",
    }
    step = {"id": "n", "kind": "notify", "template": "born"}
    published(document(step, service="birth", begins="event", start=start))
    stranger = {"identifier": {"notation": OLE}, "givenName": "Ole"}
    assert tell(clock, "1", {"parent": stranger, "child": "c1"}) == "started"
    assert tell(clock, "2", {"parent": stranger, "child": "c1"}) == "no-service"
    run_due(clock)
    case = Case.objects.get(service_version__service="birth")
    assert (case.applicant.identifier, case.applicant.given_name, case.status) == (OLE, "Ole", "completed")
    assert CaseEvent.objects.filter(case=case).first().kind == "begun"  # type: ignore[union-attr]
    assert tell(clock, "4", {"child": "c2"}) == "failed"
    assert "no personal number" in Inbox.objects.get(message_id="4").message["problem"]


class Bank:
    """A provider that takes fees later, and gives them back at once."""

    def __init__(self) -> None:
        self.asked: list[ports.Asked] = []

    def begin(self, asked: ports.Asked) -> ports.Begun:
        self.asked.append(asked)
        return ports.Begun("PAY-1", "https://bank.example/PAY-1")

    def refund(self, reference: str, asked: ports.Asked) -> ports.Begun:
        self.asked.append(asked)
        return ports.Begun(f"{reference}-back", outcome="refunded")


BANK = Bank()


@pytest.fixture
def bank(settings: Any) -> Iterator[Bank]:
    settings.PAYMENT_PROVIDERS = {"bank": "tests.workflows.test_requests:bank_of_test"}
    BANK.asked.clear()
    yield BANK
    ports._made.cache_clear()


def bank_of_test() -> Bank:
    return BANK


def test_a_provider_takes_a_fee_and_gives_it_back(clock: Clock, maria: User, bank: Bank) -> None:
    end = {"id": "no", "kind": "end", "outcome": "refused", "compensate": True}
    case = opened(document(FEE, end), maria, clock)
    request = Request.objects.get(case=case, kind="payment")
    assert (request.reference, request.url) == ("PAY-1", "https://bank.example/PAY-1")
    assert bank.asked[0].details["amount"] == "120.00"
    told = {"source": "bank", "reference": "PAY-1", "value": {}, "now": clock()}
    with pytest.raises(NotPossible, match="unknown-outcome"):
        settle(outcome="booked", **told)
    with pytest.raises(NotPossible, match="unknown"):
        settle(outcome="paid", **{**told, "reference": "PAY-2"})
    settle(outcome="paid", **told)
    settle(outcome="paid", **told)
    with pytest.raises(NotPossible, match="contradicts"):
        settle(outcome="not-paid", **told)
    run_due(clock)
    assert given(case).status == Case.Status.REFUSED
    assert [one.key.split(":")[1] for one in bank.asked] == ["fee", "fee^undo"]
    assert Request.objects.get(case=case, kind="refund").outcome == "refunded"


def test_without_a_provider_a_person_says_that_it_was_paid(clock: Clock, maria: User) -> None:
    case = opened(document(FEE, VISIT), maria, clock)
    task = Task.objects.get(case=case)
    assert (task.unit, task.kind, task.outcomes) == ("brg", "by-hand-payment", ["paid", "not-paid"])
    assert given(case).status == Case.Status.NEEDS_PERSON
    decide(task=task, actor=officer("brg"), outcome="paid", reason="statement of today", now=clock())
    assert seen(case)["paid"]["amount"] == "120.00"
    visit = Task.objects.open().get(case=case)
    at = {"startsAt": "2027-04-01T09:00"}
    decide(
        task=visit, actor=officer("vestvik"), outcome="booked", reason="by telephone", value=at, now=clock()
    )
    assert seen(case)["visit"]["startsAt"] == "2027-04-01T09:00"
    assert given(case).status == Case.Status.COMPLETED


def test_a_fee_nobody_pays_closes_the_question(clock: Clock, maria: User) -> None:
    case = opened(document(FEE), maria, clock)
    pass_time(clock, days=15)
    assert Task.objects.get(case=case).state == Task.State.CLOSED
    assert Request.objects.get(case=case).state == Request.State.CLOSED
    assert seen(case)["paid"] == {"timedOut": True}


def test_a_document_is_made_once_and_kept_sealed(clock: Clock, maria: User) -> None:
    case = opened(document(LETTER), maria, clock)
    made = CaseDocument.objects.get(case=case)
    assert made.content.startswith(b"%PDF-")
    assert made.content not in bytes(made.content_sealed)
    assert seen(case)["letter"]["document"] == str(made.public_id)


def test_another_services_case_begins_and_hands_back_its_end(clock: Clock, maria: User) -> None:
    ended = {"id": "e", "kind": "end", "outcome": "completed", "result": "granted"}
    published(document({"id": "t", "kind": "timer", "for": "P1D"}, ended, service="inner"))
    step = {
        "id": "sub",
        "kind": "service",
        "service": "inner",
        "answers": {"x": 1},
        "into": "inner",
        "within": "P9D",
    }
    case = opened(document(step), maria, clock)
    child = Case.objects.get(service_version__service="inner")
    assert (child.answers, child.state["data"]["parent"]) == ({"x": 1}, {"reference": case.reference})
    pass_time(clock, days=2)
    assert seen(case)["inner"] == {
        "outcome": "completed", "reference": child.reference, "result": "granted", "decision": {},
    }  # fmt: skip
    assert given(case).status == Case.Status.COMPLETED


def test_a_notice_is_mailed_in_its_languages(clock: Clock, maria: User) -> None:
    texts = {"en": {"title": "Hello {name}"}, "ar": {"title": "مرحبا"}}
    step = {
        "id": "n",
        "kind": "notify",
        "texts": texts,
        "channels": ["portal", "email"],
        "data": {"name": "you"},
    }
    case = opened(document(step), maria, clock)
    assert (mail.outbox[0].subject, mail.outbox[0].to) == ("Hello you", [maria.email])
    assert Notification.objects.get(case=case).texts == texts
    assert not Job.objects.filter(case=case).exclude(state="done").exists()


def test_somebody_who_cannot_be_told_is_noted(clock: Clock, maria: User) -> None:
    case = opened(document({"id": "n", "kind": "notify", "template": "t", "to": [OLE]}), maria, clock)
    assert CaseEvent.objects.get(case=case, kind="not-told").data["count"] == 1


def test_who_decided_cannot_confirm(clock: Clock, maria: User) -> None:
    case = opened(document(JUDGE), maria, clock)
    first, second = officer("sia"), officer("sia")
    decide(task=Task.objects.get(case=case), actor=first, outcome="refuse", reason="income", now=clock())
    task = Task.objects.open().get(case=case)
    with pytest.raises(NotAllowed), transaction.atomic():
        decide(task=task, actor=first, outcome="confirm", reason="sure", now=clock())
    decide(task=task, actor=second, outcome="confirm", reason="agreed", now=clock())
    assert seen(case)["found"]["confirmedBy"] == f"staff:{second.subject}"
