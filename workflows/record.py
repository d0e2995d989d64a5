"""What cases put into the record: registers that were asked, agencies that were told, people who read."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from adapters.models import Exchange
from identity.models import RecordEntry, User
from identity.models.people import identifier_index
from identity.record import entries
from identity.record.entries import Deed
from workflows.models import Case, Draft, Job

Kind = RecordEntry.Kind
CONSENT = gettext_noop("Your consent")
ADAPTER_BLOCKS = {"lookup": Kind.ASKED, "deliver": Kind.TOLD}


def people_in(value: Any) -> Iterator[str]:
    """Yield ``identifier.notation`` of each person in a canonical value, as often as it stands there."""
    if isinstance(value, dict):
        identifier = value.get("identifier")
        notation = identifier.get("notation") if isinstance(identifier, dict) else None
        if isinstance(notation, str) and notation:
            yield notation
        for one in value.values():
            yield from people_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from people_in(one)


def prefilled(draft: Draft, spec: dict[str, Any], answer: Any, now: datetime, actor: User) -> None:
    """A register was asked for what a page begins with, by the applicant or somebody who acts for them."""
    deed = Deed(
        actor=f"citizen:{actor.subject}",
        role="" if actor.pk == draft.applicant_id else "representative",
        organisation=spec["connection"],
        what=spec["operation"],
        purpose=draft.service_version.title,
        agreement=draft.service_version.legal_basis,
        correlation_id=str(draft.public_id),
    )
    entries.add(Kind.ASKED, _concerned(draft.applicant, answer), deed, now)


def exchanged(case: Case, job: Job, now: datetime) -> None:
    """A step of a case asked a register or told an agency; the answer is on the job."""
    block = case.service_version.definition.known_block_of(job.token)
    kind = ADAPTER_BLOCKS.get(block.get("kind", "deliver"))
    if kind is None or job.kind != Job.Kind.CALL:
        return
    payload = job.payload
    deed = Deed(
        actor="worker",
        organisation=payload["connection"],
        what=payload["operation"],
        purpose=block["optional"]["purpose"] if "optional" in block else case.service_version.purpose(block),
        agreement=_agreement(case, block),
        case=case.reference,
        correlation_id=str(case.correlation_id),
    )
    said = [payload["value"], (job.result or {}).get("value")]
    entries.add(kind, _concerned(case.applicant, said), deed, now)


def _agreement(case: Case, block: dict[str, Any]) -> str:
    """On what a step stands: the applicant's consent, the law that it names, or the service's."""
    if "optional" in block:
        return CONSENT
    return str(block.get("legal_basis") or case.service_version.legal_basis)


def overturned(case: Case, agency: str, now: datetime) -> None:
    """An agency was told, within the portal, that a court has overturned its decision."""
    deed = Deed(
        actor="worker",
        organisation=agency,
        what="court-decision",
        purpose=case.service_version.title,
        agreement=case.service_version.legal_basis,
        case=case.reference,
        correlation_id=str(case.correlation_id),
    )
    entries.add(Kind.TOLD, [case.applicant.identifier_index], deed, now)


def opened(
    case: Case, actor: User, what: str, now: datetime, *, role: str, organisation: str = "", purpose: str = ""
) -> None:
    """Somebody other than the applicant looked into a case; everybody whose data it holds can see that.

    ``purpose`` is the reason that somebody gave who does not work on it; else it is the service.
    """
    who = "citizen" if role in ("co-signer", "representative") else "staff"
    deed = Deed(
        actor=f"{who}:{actor.subject}",
        role=role,
        organisation=organisation,
        what=what,
        purpose=purpose or case.service_version.title,
        agreement=case.service_version.legal_basis,
        case=case.reference,
        correlation_id=str(case.correlation_id),
    )
    concerned = _concerned(case.applicant, case.state.get("data"))
    entries.add(Kind.READ, (one for one in concerned if one != actor.identifier_index), deed, now)


def concerned_by(row: Exchange) -> list[str]:
    """Blind indexes of those an exchange without a case tells of: its draft's applicant, people in it."""
    values = [row.canonical_value if row.canonical else None, row.answer_value if row.answer else None]
    draft = _draft_of(row)
    begun = [draft.applicant.identifier_index] if draft else []
    return list(dict.fromkeys([*filter(None, begun), *map(identifier_index, people_in(values))]))


def message_opened(row: Exchange, deed: Deed, now: datetime) -> None:
    """Somebody of the staff read an exchange that belongs to no case."""
    entries.add(Kind.READ, concerned_by(row), deed, now)


def _draft_of(row: Exchange) -> Draft | None:
    try:
        public_id = uuid.UUID(row.correlation_id)
    except ValueError:
        return None
    return Draft.objects.select_related("applicant").filter(public_id=public_id).first()


def _concerned(applicant: User, value: Any) -> Iterable[str]:
    """Blind indexes: the applicant's, and those of the people in a value."""
    return [applicant.identifier_index, *map(identifier_index, dict.fromkeys(people_in(value)))]
