"""What cases put into the record: every read of personal data has who, what, why and which case."""

import pytest

from adapters.ports import Accepted
from identity.models import RecordEntry, User
from identity.models.people import identifier_index
from identity.record import entries
from identity.record.entries import Deed, Kind
from tests.workflows.world import CHILD, MARIA, OLE, Agencies, Clock, citizen, officer, pass_time, submitted
from workflows.record import people_in
from workflows.services.drafts import prefill, start_draft
from workflows.services.reading import record_look, record_read

pytestmark = pytest.mark.django_db
LAW = "Population Registration Act 2019, section 12"


def about(notation: str, kind: Kind) -> list[Deed]:
    """What the record says of a person, the oldest first."""
    found = RecordEntry.objects.about(identifier_index(notation)).filter(kind=kind)
    return [entries.read(row) for row in found.select_related("person").order_by("pk")]


def test_people_are_found_in_a_value() -> None:
    number = {"notation": "ABC 123"}
    value = {"a": [{"identifier": {"notation": MARIA}}, {"person": {"identifier": {"notation": OLE}}}]}
    value |= {"vehicle": number, "identifier": "x"}
    assert list(people_in(value)) == [MARIA, OLE]


def test_a141_a_prefill_is_recorded_for_everybody_it_tells_of(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    draft = start_draft(service="moving-house", actor=maria, now=clock())
    prefill(draft=draft, actor=maria, now=clock())
    for person in (MARIA, OLE, CHILD):
        (deed,) = about(person, Kind.ASKED)
        assert (deed.organisation, deed.what) == ("npr", "get_household")
        assert (deed.actor, deed.purpose) == (f"citizen:{maria.subject}", "Moving house")
        assert (deed.agreement, deed.correlation_id) == (LAW, str(draft.public_id))


def test_a141_a_silent_register_saw_nothing(agencies: Agencies, clock: Clock, maria: User) -> None:
    agencies.answers["npr.get_household"] = lambda _v, _c: _silent()
    draft = start_draft(service="moving-house", actor=maria, now=clock())
    prefill(draft=draft, actor=maria, now=clock())
    assert about(MARIA, Kind.ASKED) == []


def _silent() -> Accepted:
    from adapters.errors import Unavailable

    return Unavailable("npr", "no answer")  # type: ignore[return-value]  # perform_many returns errors


def test_a141_every_agency_that_is_told_or_asked_is_recorded(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    before = len(agencies.calls)
    pass_time(clock, minutes=30)
    told = about(MARIA, Kind.TOLD)
    assert {"npr"} <= {deed.organisation for deed in told}
    assert {(deed.case, deed.correlation_id) for deed in told} == {(case.reference, str(case.correlation_id))}
    called = [name for name, _ in agencies.calls[before:]]
    recorded = [*told, *(deed for deed in about(MARIA, Kind.ASKED) if deed.case)]
    assert sorted(f"{deed.organisation}.{deed.what}" for deed in recorded) == sorted(called)


def test_a141_a_caseworker_who_reads_is_recorded(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submitted(maria, clock)
    reader = officer("npr")
    record_read(case=case, actor=reader, what="task unknown-address", now=clock(), unit="npr")
    (deed,) = about(MARIA, Kind.READ)
    assert (deed.actor, deed.role, deed.organisation) == (f"staff:{reader.subject}", "caseworker", "npr")
    assert (deed.what, deed.case, deed.agreement) == ("task unknown-address", case.reference, LAW)


def test_a141_somebody_asked_to_agree_who_looks_is_recorded(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock, (MARIA, OLE))
    pass_time(clock, seconds=1)
    ole = citizen(OLE, "Ole")
    record_look(case=case, actor=ole, now=clock())
    (deed,) = about(MARIA, Kind.READ)
    assert (deed.role, deed.actor) == ("co-signer", f"citizen:{ole.subject}")
    assert about(OLE, Kind.READ) == [], "reading about oneself is nobody else's reading"
