"""A court's decision in the case it is about: the agency that must decide again, its citizen, the record."""

import pytest

from adapters.models import WorkbenchItem
from identity.models import RecordEntry, User
from identity.models.people import identifier_index
from identity.record import entries
from tests.workflows.court import appealed, open_court, refused_move
from tests.workflows.world import MARIA, Agencies, Clock, officer, pass_time, submitted
from workflows.models import Case, CaseEvent, Notification, Task
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.export import export
from workflows.services.hearings import rule
from workflows.services.overturned import anew, decide_again, decided_by
from workflows.services.statuses import receive_status
from workflows.services.tasks import decide

pytestmark = pytest.mark.django_db
WHY = {"reasons": "The register mistook the dwelling.", "law": "Population Registration Act, section 6"}
NOW_SO = "Your move is registered from 1 March."


@pytest.fixture
def refused(agencies: Agencies, clock: Clock, maria: User) -> Case:
    open_court(agencies)
    return refused_move(maria, clock)


def ruled(refused: Case, maria: User, clock: Clock, outcome: str = "granted") -> None:
    rule(item=appealed(refused, maria, clock)[1], actor=officer("crt"), outcome=outcome, now=clock(), **WHY)
    pass_time(clock, seconds=1)


def kinds(case: Case) -> list[str]:
    return [event.kind for event in CaseEvent.objects.filter(case=case)]


def test_the_agency_that_was_overruled_gets_the_decision(refused: Case, maria: User, clock: Clock) -> None:
    ruled(refused, maria, clock)
    item = WorkbenchItem.objects.get(case_reference=refused.reference)
    assert (item.connection, item.state, item.is_for_decision) == ("npr", "open", False)
    assert item.reference.endswith("-NPR")
    assert (item.value["reasons"], item.value["law"]) == (WHY["reasons"], WHY["law"])
    assert item.value["overturned"] == "Nobody moves within a dwelling"
    assert b"mistook" not in bytes(item.value_sealed)
    assert kinds(refused)[-2:] == ["court-granted", "court-told"]
    assert [event.seq for event in refused.events.all()] == list(range(1, refused.events.count() + 1))
    found = anew(refused)
    assert found is not None
    assert (found.connection, found.decision) == ("npr", "")


def test_the_citizen_can_read_that_the_agency_was_told(refused: Case, maria: User, clock: Clock) -> None:
    ruled(refused, maria, clock)
    rows = RecordEntry.objects.about(identifier_index(MARIA)).filter(kind=RecordEntry.Kind.TOLD)
    deeds = [entries.read(row) for row in rows.select_related("person")]
    assert ("npr", "court-decision", refused.reference) in [
        (deed.organisation, deed.what, deed.case) for deed in deeds
    ]


def test_a_refused_appeal_changes_nothing_and_is_said_too(refused: Case, maria: User, clock: Clock) -> None:
    ruled(refused, maria, clock, "refused")
    assert not WorkbenchItem.objects.filter(case_reference=refused.reference).exists()
    assert kinds(refused)[-1] == "court-refused"
    assert anew(refused) is None


def test_an_officers_refusal_goes_back_to_the_officers(agencies: Agencies, clock: Clock, maria: User) -> None:
    open_court(agencies)
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    told = {"agency": "npr", "message_id": "m-1", "reference": "NPR-1", "status": "unsure"}
    receive_status(**told, reason="Too many", reason_code="U020", decided_at="", now=clock())
    pass_time(clock, seconds=1)
    decide(
        task=Task.objects.get(case=case), actor=officer("npr"), outcome="refused", reason="No", now=clock()
    )
    pass_time(clock, seconds=1)
    case.refresh_from_db()
    assert case.status == Case.Status.REFUSED
    Task.objects.filter(case=case).update(unit="registrars")  # a unit of its own, to tell it from the system
    assert decided_by(case) == "registrars"


def test_the_agency_decides_again_and_the_citizen_is_told(refused: Case, maria: User, clock: Clock) -> None:
    ruled(refused, maria, clock)
    item = WorkbenchItem.objects.get(case_reference=refused.reference)
    decide_again(item=item, actor=officer("npr"), decision=f" {NOW_SO} ", now=clock())
    found = anew(refused)
    assert found is not None
    assert (found.decision, found.at) == (NOW_SO, clock())
    assert kinds(refused)[-1] == "decided-again"
    assert Notification.objects.filter(user=maria, case=refused, kind="decided-again").count() == 1
    refused.refresh_from_db()
    assert refused.status == Case.Status.REFUSED, (
        "what was decided stays in the books; a new decision follows"
    )
    with pytest.raises(NotPossible, match="already-decided"):
        decide_again(item=item, actor=officer("npr"), decision="Other", now=clock())
    assert NOW_SO in str(export(actor=maria, now=clock()))


def test_nobody_else_decides_again(refused: Case, maria: User, clock: Clock) -> None:
    ruled(refused, maria, clock)
    item = WorkbenchItem.objects.get(case_reference=refused.reference)
    for stranger in (officer("crt"), officer("tax"), maria):
        with pytest.raises(NotAllowed):
            decide_again(item=item, actor=stranger, decision=NOW_SO, now=clock())
    with pytest.raises(NotPossible, match="reason-missing"):
        decide_again(item=item, actor=officer("npr"), decision="  ", now=clock())
    assert "decided-again" not in kinds(refused)
