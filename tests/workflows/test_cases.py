"""Whole cases of moving house, from submission to their end."""

import pytest

from adapters.errors import Refused, Unavailable
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from identity.models import User
from tests.workflows.world import CHILD, MARIA, OLE, Agencies, Clock, citizen, officer, pass_time, submitted
from workflows import progress
from workflows.models import Case, CoSignRequest, Inbox, Job, Notification, Slot, Task
from workflows.services.cosigning import cosign
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.reading import record_read
from workflows.services.statuses import receive_status
from workflows.services.tasks import decide
from workflows.services.withdrawal import withdraw

pytestmark = pytest.mark.django_db


def tell(clock: Clock, status: str = "registered", message_id: str = "m-1") -> str:
    return receive_status(
        agency="npr",
        message_id=message_id,
        reference="NPR-1",
        status=status,
        reason="",
        reason_code="",
        decided_at=clock().isoformat(),
        now=clock(),
    )


def states(case: Case) -> dict[str, str]:
    case.refresh_from_db()
    return {line.id: line.state for line in progress.lines(case)}


def test_a_single_person_moves_and_everybody_is_told_once(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    assert states(case) == {
        **{"npr": "received", "tax": "waiting", "sia": "waiting", "vdr": "waiting"},
        **{"old-municipality": "waiting", "new-municipality": "waiting"},
    }
    assert tell(clock) == "recorded"
    assert tell(clock) == "duplicate"
    pass_time(clock, hours=1)
    case.refresh_from_db()
    assert case.status == Case.Status.COMPLETED
    assert progress.summary(case) == (6, 6)
    assert agencies.count()["tax.update_domicile"] == 1
    assert agencies.count()["vdr.change_keeper_address"] == 1
    assert not Slot.objects.exclude(job=None).exists()
    assert not Job.objects.exclude(state=Job.State.DONE).exists(), "an ended case leaves no timer behind"
    kinds = set(Notification.objects.filter(user=maria).values_list("kind", flat=True))
    assert kinds == {"move-registered", "move-complete"}
    assert tell(clock, message_id="m-2") == "late"
    sequence = [event.seq for event in case.events.all()]
    assert sequence == list(range(1, len(sequence) + 1))


def test_a_silent_agency_is_shown_and_the_case_completes_by_itself(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    real = agencies.answers["vdr.find_vehicles"]

    def silent(_value: object, _context: Context) -> Result:
        raise Unavailable("vdr", "connection refused")

    agencies.answers["vdr.find_vehicles"] = silent
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock)
    pass_time(clock, hours=1)
    line = next(line for line in progress.lines(Case.objects.get()) if line.id == "vdr")
    assert (line.state, line.detail) == ("retrying", "no-answer")
    assert progress.summary(Case.objects.get()) == (5, 6)
    agencies.answers["vdr.find_vehicles"] = real
    pass_time(clock, hours=1)
    assert states(case)["vdr"] == "done"
    assert case.status == Case.Status.COMPLETED
    keys = {key for name, key in agencies.calls if name == "vdr.find_vehicles"}
    assert keys == {f"{case.reference}:find-vehicles#0"}


def test_the_other_adult_is_asked_and_stays_when_declining(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    ole, stranger = citizen(OLE, "Ole"), citizen("19900101T0007", "Eve")
    case = submitted(maria, clock, (MARIA, OLE, CHILD))
    pass_time(clock, seconds=1)
    request = CoSignRequest.objects.for_person(ole).waiting().get()
    assert Notification.objects.get(user=ole).kind == "cosign-asked"
    assert list(Case.objects.for_person(ole)) == [case]
    with pytest.raises(NotAllowed):
        cosign(request=request, actor=stranger, agrees=True, now=clock())
    moved: list[object] = []

    def register(value: dict[str, object], _context: Context) -> Result:
        moved.append(value["movers"])
        return Pending("NPR-1")

    agencies.answers["npr.register_move"] = register
    cosign(request=request, actor=ole, agrees=False, now=clock())
    with pytest.raises(NotPossible):
        cosign(request=request, actor=ole, agrees=True, now=clock())
    pass_time(clock, seconds=1)
    assert moved == [[MARIA, CHILD]]


def test_a_silent_co_signer_is_left_out_after_seven_days(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    submitted(maria, clock, (MARIA, OLE))
    pass_time(clock, days=6)
    assert agencies.count()["npr.register_move"] == 0
    pass_time(clock, days=2)
    assert CoSignRequest.objects.get().state == CoSignRequest.State.CLOSED
    assert agencies.count()["npr.register_move"] == 1


def test_an_unsure_register_is_settled_by_its_officer(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock, "unsure")
    pass_time(clock, seconds=1)
    task = Task.objects.open().get()
    assert states(case)["npr"] == "person"
    assert case.status == Case.Status.NEEDS_PERSON
    with pytest.raises(NotAllowed):
        decide(task=task, actor=officer("vestvik"), outcome="registered", reason="Known", now=clock())
    judge = officer("npr")
    with pytest.raises(NotPossible):
        decide(task=task, actor=judge, outcome="settled", reason="Known", now=clock())
    decide(task=task, actor=judge, outcome="refused", reason="No dwelling", now=clock())
    pass_time(clock, seconds=1)
    case.refresh_from_db()
    assert case.status == Case.Status.REFUSED
    assert agencies.count()["npr.confirm_move"] == 1
    assert agencies.count()["tax.update_domicile"] == 0
    assert states(case)["tax"] == "skipped"


def test_a_status_before_its_reference_is_kept_and_handed_over(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    assert tell(clock) == "unknown-reference"
    pass_time(clock, seconds=1)
    assert Inbox.objects.get().outcome == Inbox.Outcome.RECORDED
    assert states(case)["npr"] == "done"


def test_a_rejected_record_goes_to_repair_and_is_sent_anew(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    agencies.answers["sia.check"] = lambda _v, _c: Rejected("17", "Unknown insured")
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock)
    pass_time(clock, hours=1)
    task = Task.objects.open().get()
    assert (task.unit, task.kind, task.question) == ("sia", "delivery-rejected", "17: Unknown insured")
    agencies.answers["sia.check"] = lambda _v, _c: Accepted({})
    decide(task=task, actor=officer("sia"), outcome="resend", reason="Record mended", now=clock())
    pass_time(clock, hours=1)
    assert states(case)["sia"] == "done"
    keys = [key for name, key in agencies.calls if name == "sia.register_change"]
    assert len(keys) == len(set(keys)) == 2


def test_a_call_that_cannot_be_sent_is_buried_and_resent_by_a_person(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    real = agencies.answers["vestvik.open_case"]

    def refused(_value: object, _context: Context) -> Result:
        raise Refused("vestvik", "is required", field="address")

    agencies.answers["vestvik.open_case"] = refused
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock)
    pass_time(clock, hours=1)
    assert states(case)["new-municipality"] == "person"
    assert Job.objects.filter(state=Job.State.DEAD).count() == 1
    agencies.answers["vestvik.open_case"] = real
    task = Task.objects.open().get()
    decide(task=task, actor=officer("vestvik"), outcome="resend", reason="Mapping mended", now=clock())
    pass_time(clock, seconds=1)
    case.refresh_from_db()
    assert case.status == Case.Status.COMPLETED


def test_a_case_that_was_read_before_it_began_can_be_withdrawn(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    record_read(case=case, actor=officer("npr"), what="exchange", now=clock())
    withdraw(case=case, actor=maria, now=clock())
    assert list(case.events.values_list("seq", "kind")) == [(1, "submitted"), (2, "read"), (3, "cancelled")]


def test_withdrawing_is_possible_until_an_agency_was_told(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    early = submitted(maria, clock)
    withdraw(case=early, actor=maria, now=clock())
    waiting = submitted(maria, clock, (MARIA, OLE))
    pass_time(clock, seconds=1)
    with pytest.raises(NotAllowed):
        withdraw(case=waiting, actor=citizen(OLE, "Ole"), now=clock())
    withdraw(case=waiting, actor=maria, now=clock())
    late = submitted(maria, clock)
    pass_time(clock, days=8)
    with pytest.raises(NotPossible):
        withdraw(case=late, actor=maria, now=clock())
    ended = {early.reference: "cancelled", waiting.reference: "cancelled"}
    assert dict(Case.objects.exclude(pk=late.pk).values_list("reference", "status")) == ended
    assert agencies.count()["npr.register_move"] == 1
