"""A copy of everything held about a person, as JSON with canonical names (GDPR, Art. 15 and 20)."""

from datetime import datetime
from typing import Any

from adapters.models import Exchange, Ruling, WorkbenchItem
from identity.models import FederatedIdentity, Mandate, RecordEntry, SignIn, User
from identity.record import deeds, entries, persons
from identity.record.entries import Deed, Kind
from workflows.applicant import person_of
from workflows.models import Case, Consent, CoSignRequest, Draft, Notification, Upload
from workflows.retention import cases_of

JSON = dict[str, Any]


def export(*, actor: User, now: datetime) -> JSON:
    """Return everything held about the actor as JSON values, and note in the record that it was taken."""
    told: JSON = {
        "exportedAt": now.isoformat(),
        "person": person_of(actor),
        "identities": [_identity(one) for one in FederatedIdentity.objects.filter(user=actor)],
        "signIns": [_sign_in(one) for one in SignIn.objects.of(actor)],
        "mandatesGiven": [_mandate(one) for one in Mandate.objects.of(actor)],
        "mandatesHeld": [_mandate(one) for one in Mandate.objects.to(actor)],
        "drafts": [_draft(one) for one in Draft.objects.for_person(actor)],
        "cases": [_case(one) for one in cases_of(actor)],
        "coSigning": [_cosigning(one) for one in CoSignRequest.objects.for_person(actor)],
        "record": [_entry(one) for one in record_of(actor)],
    }
    entries.add(Kind.EXPORTED, [persons.index_of(actor)], Deed(actor=f"citizen:{actor.subject}"), now)
    return told


def record_of(user: User) -> "list[RecordEntry]":
    """Everything in the record about a person, the newest first."""
    return deeds.of_user(user)


def _identity(one: FederatedIdentity) -> JSON:
    since = one.created_at.isoformat()
    return {"issuer": one.issuer, "subject": one.subject, "level": one.level, "since": since}


def _sign_in(one: SignIn) -> JSON:
    ended = one.ended_at.isoformat() if one.ended_at else None
    where = {"browser": one.browser, "system": one.system, "issuer": one.issuer, "level": one.acr}
    return {"startedAt": one.started_at.isoformat(), "endedAt": ended, **where}


def _mandate(one: Mandate) -> JSON:
    return {
        "principal": one.principal.get_full_name(),
        "agent": one.agent_name,
        "services": one.services,
        "from": one.valid_from.isoformat(),
        "until": one.valid_until.isoformat(),
        "endedAt": one.revoked_at.isoformat() if one.revoked_at else None,
    }


def _draft(one: Draft) -> JSON:
    return {
        "service": one.service_version.service,
        "answers": one.answers,
        "fromRegisters": one.prefill,
        "begunAt": one.created_at.isoformat(),
        "expiresAt": one.expires_at.isoformat(),
        "files": [_file(file) for file in Upload.objects.of_draft(one.public_id)],
    }


def _case(case: Case) -> JSON:
    told = Notification.objects.filter(case=case, user=case.applicant).order_by("created_at", "pk")
    said = Exchange.objects.for_case(case.reference)
    return {
        "reference": case.reference,
        "service": case.service_version.service,
        "status": case.status,
        "submittedAt": case.submitted_at.isoformat(),
        "completedAt": case.completed_at.isoformat() if case.completed_at else None,
        "answers": case.answers,
        "state": case.state,
        "receipt": case.receipt,
        "events": [
            {"at": one.created_at.isoformat(), "kind": one.kind, "text": one.text, "data": one.data}
            for one in case.events.all()
        ],
        "decisions": [
            {
                "unit": one.unit,
                "question": one.kind,
                "facts": one.value,
                "decision": one.decision,
                "reason": one.reason,
            }
            for one in case.tasks.order_by("created_at", "pk")
        ],
        "messages": [{"at": one.created_at.isoformat(), "kind": one.kind, "data": one.data} for one in told],
        "files": [_file(one) for one in Upload.objects.of_draft(case.draft_id)],
        "consents": [_consent(one) for one in case.consents.order_by("given_at", "pk")],
        "hearings": [_hearing(one) for one in WorkbenchItem.objects.filter(case_reference=case.reference)],
        "exchanges": [_exchange(one) for one in said],
    }


def _file(one: Upload) -> JSON:
    return {"id": str(one.public_id), "name": one.name, "sha256": one.sha256, "state": one.state}


def _consent(one: Consent) -> JSON:
    return {
        "agency": one.connection,
        "purpose": one.purpose,
        "tells": one.tells,
        "givenAt": one.given_at.isoformat(),
        "withdrawnAt": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
    }


def _hearing(item: WorkbenchItem) -> JSON:
    """What a unit of the workbench asked and decided, without the names of its people."""
    rulings = Ruling.objects.filter(item=item)
    again = item.value.get("decidedAgain") if item.operation == WorkbenchItem.COURT_DECISION else None
    return {
        "unit": item.connection,
        **({"decidedAgain": again} if again else {}),
        "asked": [
            {"at": one.asked_at.isoformat(), "question": one.said["question"], "answer": one.said["answer"]}
            for one in item.inquiries.order_by("asked_at", "pk")
        ],
        "decided": [
            {
                "at": one.decided_at.isoformat(),
                "outcome": one.outcome,
                "reasons": one.told["reasons"],
                "law": one.told["law"],
                "sha256": one.digest,
            }
            for one in rulings
        ],
    }


def _exchange(one: Exchange) -> JSON:
    return {
        "at": one.started_at.isoformat(),
        "agency": one.connection,
        "operation": one.operation,
        "direction": one.direction,
        "state": one.state,
        "said": one.canonical_value if one.canonical else None,
        "answered": one.answer_value if one.answer else None,
    }


def _cosigning(one: CoSignRequest) -> JSON:
    return {"case": one.case.reference, "state": one.state, "askedAt": one.created_at.isoformat()}


def _entry(one: RecordEntry) -> JSON:
    deed = entries.read(one)
    return {
        "at": one.at.isoformat(),
        "kind": one.kind,
        "organisation": deed.organisation,
        "role": deed.role,
        "what": deed.what,
        "purpose": deed.purpose,
        "agreement": deed.agreement,
        "correlationId": deed.correlation_id,
    }
