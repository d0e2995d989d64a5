"""Consent: nobody is told without it, and taken back it stops a delivery wherever that is on its way."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters.errors import OutcomeUnknown, Unavailable
from adapters.models import Exchange
from adapters.ports import Accepted, Result
from identity.mandates.granting import grant
from identity.models import RecordEntry, User
from identity.record import entries
from tests.workflows.world import (
    OLE,
    Agencies,
    Clock,
    citizen,
    filled_draft,
    job,
    pass_time,
    run_due,
)
from workflows import progress, receipts
from workflows.definitions.checking import check
from workflows.definitions.loading import shipped
from workflows.definitions.model import every_block
from workflows.dispatch import queue
from workflows.dispatch.run import execute
from workflows.models import Case, Consent, Job, Task
from workflows.services import consents
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.statuses import receive_status
from workflows.services.submission import submit_case

pytestmark = pytest.mark.django_db
STEP = "tell-welcome"
TOLD = "wel.open_case"


@pytest.fixture
def told(agencies: Agencies) -> list[dict[str, Any]]:
    """What the welcome service was told."""
    values: list[dict[str, Any]] = []

    def tell(value: dict[str, Any], _context: Any) -> Result:
        values.append(value)
        return Accepted({}, "WEL-1")

    agencies.answers[TOLD] = tell
    return values


def applied(maria: User, clock: Clock, *steps: str) -> Case:
    return submit_case(draft=filled_draft(maria, clock), actor=maria, now=clock(), consents=steps)


def decide(clock: Clock) -> None:
    """The population register says yes, and everything that follows is due."""
    said = {"agency": "npr", "message_id": "m", "reference": "NPR-1", "status": "registered", "reason": ""}
    receive_status(**said, reason_code="", decided_at=clock().isoformat(), now=clock())


def step(clock: Clock) -> None:
    """Run the engine's own jobs, and leave calls where they are."""
    while job := queue.claim(clock()):
        execute(job, clock)
        if Job.objects.filter(lane="wel").exists():
            return


def silent(_value: Any, _context: Any) -> Result:
    raise Unavailable("wel", "connection refused", sent=False)


def kinds(case: Case) -> list[str]:
    return [event.kind for event in case.events.order_by("seq")]


def line(case: Case) -> progress.Line:
    case.refresh_from_db()
    return next(one for one in progress.lines(case) if one.id == "welcome")


def withdraw(case: Case, actor: User, clock: Clock) -> None:
    consents.withdraw(consent=case.consents.get(), actor=actor, now=clock())


def test_without_consent_nobody_is_told_and_no_line_is_shown(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock)
    run_due(clock)
    decide(clock)
    pass_time(clock, days=1)
    case.refresh_from_db()
    assert case.status == "completed"
    assert not told
    assert "welcome" not in [one.id for one in progress.lines(case)]
    assert "consents" not in case.receipt


def test_with_consent_they_are_told_what_was_said_and_no_more(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    assert receipts.verify(case.receipt)
    assert case.receipt["consents"] == [STEP]
    run_due(clock)
    decide(clock)
    pass_time(clock, days=1)
    assert [set(one) for one in told] == [{"person", "address"}]
    assert set(told[0]["person"]) == {"givenName", "familyName"}, "not the personal number"
    assert line(case).state == "done"
    seen = [entries.read(row) for row in RecordEntry.objects.about(maria.identifier_index)]
    reasons = {deed.agreement for deed in seen if deed.organisation == "wel"}
    assert reasons == {"Your consent"}
    with pytest.raises(NotPossible, match="sent"):
        withdraw(case, maria, clock)


def test_a147_withdrawn_before_the_case_began(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    withdraw(case, maria, clock)
    run_due(clock)
    decide(clock)
    pass_time(clock, days=1)
    case.refresh_from_db()
    assert (case.status, told) == ("completed", [])
    assert "consent-withdrawn" in kinds(case)


def test_a147_withdrawn_before_its_step(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    run_due(clock)
    withdraw(case, maria, clock)
    withdraw(case, maria, clock)  # twice is once
    decide(clock)
    pass_time(clock, days=1)
    assert not told
    assert kinds(case).count("consent-withdrawn") == 1
    assert line(case).state == "withdrawn"
    assert progress.summary(case)[1] == len(progress.lines(case)) - 1, "not counted among those told"


def test_a147_withdrawn_while_it_is_queued(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    run_due(clock)
    decide(clock)
    step(clock)
    assert job(case, STEP).state == Job.State.READY
    withdraw(case, maria, clock)
    pass_time(clock, days=1)
    case.refresh_from_db()
    assert (case.status, told) == ("completed", [])
    assert job(case, STEP).state == Job.State.DONE


def test_a147_withdrawn_while_it_is_tried_again(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    listening = agencies.answers[TOLD]
    agencies.answers[TOLD] = silent
    case = applied(maria, clock, STEP)
    run_due(clock)
    decide(clock)
    pass_time(clock, seconds=20)
    assert agencies.count()[TOLD] >= 2
    assert line(case).state == "retrying"
    withdraw(case, maria, clock)
    agencies.answers[TOLD] = listening
    tried = agencies.count()[TOLD]
    pass_time(clock, days=1)
    case.refresh_from_db()
    assert (case.status, told, agencies.count()[TOLD]) == ("completed", [], tried)


def test_a147_withdrawn_when_it_was_given_up(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    def lost(_value: Any, context: Any) -> Result:
        row = {"connection": "wel", "operation": "open_case", "case_reference": context.case}
        Exchange.objects.create(**row, step=context.step, is_uncertain=True)
        raise OutcomeUnknown("wel", "nobody knows")

    agencies.answers[TOLD] = lost
    case = applied(maria, clock, STEP)
    run_due(clock)
    decide(clock)
    pass_time(clock, minutes=5)
    assert Task.objects.open().filter(unit="wel").count() == 1
    withdraw(case, maria, clock)
    assert not Task.objects.open().exists(), "nobody is asked to send it any more"
    assert "consent-withdrawn-late" in kinds(case), "it may have arrived, and that is said"
    pass_time(clock, days=1)
    case.refresh_from_db()
    assert case.status == "completed"


def test_a147_a_call_under_way_is_not_called_back_and_that_is_said(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    run_due(clock)
    decide(clock)
    step(clock)
    Job.objects.exclude(lane="wel").filter(state="ready").update(run_at=clock() + timedelta(days=1))
    running = queue.claim(clock())
    assert running is not None
    assert running.lane == "wel"
    with pytest.raises(NotPossible, match="sending"):
        withdraw(case, maria, clock)
    execute(running, clock)
    assert len(told) == 1


def test_a147_claimed_at_the_moment_of_withdrawal_it_is_not_sent(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case = applied(maria, clock, STEP)
    run_due(clock)
    decide(clock)
    step(clock)
    Job.objects.exclude(lane="wel").filter(state="ready").update(run_at=clock() + timedelta(days=1))
    running = queue.claim(clock())
    assert running is not None
    Consent.objects.update(withdrawn_at=clock())  # committed between the claim and the call
    execute(running, clock)
    assert not told
    assert job(case, STEP).result is None


def test_only_who_acts_for_the_applicant_withdraws(
    maria: User, clock: Clock, agencies: Agencies, told: list[Any]
) -> None:
    case, ole = applied(maria, clock, STEP), citizen(OLE, "Ole")
    with pytest.raises(NotAllowed):
        withdraw(case, ole, clock)
    span = {"valid_from": timezone.now(), "valid_until": timezone.now() + timedelta(days=9)}
    given = {"agent_number": OLE, "agent_name": "Ole", "services": ["moving-house"], **span}
    grant(actor=maria, now=timezone.now(), **given)
    withdraw(case, ole, clock)
    withdrawn = case.events.get(kind="consent-withdrawn")
    assert withdrawn.actor == f"representative:{ole.subject}"


def test_a_consent_that_the_service_does_not_ask_for_is_refused(
    maria: User, clock: Clock, agencies: Agencies
) -> None:
    with pytest.raises(NotPossible, match="no-such-consent"):
        applied(maria, clock, "tell-tax")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda d, _b: d["lines"].pop(), "a line of its own"),
        (lambda _d, b: b.update(on_rejected="end"), "continue"),
        (lambda _d, b: b.update(kind="lookup"), "by law or not at all"),
    ],
    ids=["no line", "ends the case", "a question"],
)
def test_what_is_left_to_consent_holds_nothing_up(change: Any, word: str) -> None:
    document = copy.deepcopy(next(one for one in shipped() if one["service"] == "moving-house"))
    assert not check(document)
    block = next(one for one in every_block(document["steps"]) if one["id"] == STEP)
    change(document, block)
    assert any(STEP in one.where and word in str(one) for one in check(document))
