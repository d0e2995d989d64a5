"""The document of a decision: what it says, as PDF/A-3 signed by the unit that decided; and checking one."""

import hashlib
import json
from dataclasses import dataclass

from django.conf import settings

from adapters import registry
from adapters.errors import Misconfigured
from adapters.models import Connection, Ruling
from adapters.pdf import signing
from adapters.pdf.pdfa import Attachment, Page, render
from adapters.pdf.signing import Signature
from workflows.local_time import local_day
from workflows.models import Case

SAYS = {
    Ruling.Outcome.GRANTED: (
        "The appeal is granted. The decision that was appealed no longer holds; the agency must decide again."
    ),
    Ruling.Outcome.REFUSED: "The appeal is refused. The decision that was appealed stands.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A document whose signature holds. ``reference`` is "" where it is none that this portal has kept."""

    signature: Signature
    agency: str
    reference: str


def signed(ruling: Ruling, case: Case) -> bytes:
    """The signed document of a ruling that has not been saved yet; raises Misconfigured."""
    item = ruling.item
    row = Connection.objects.get(key=item.connection)
    spec = registry.spec(row)
    key, certificate = spec.credential("signing_key"), spec.credential("signing_certificate")
    title = f"Decision {item.reference}"
    try:
        return signing.sign(
            _document(ruling, case, title, row.name),
            key=key,
            certificate=certificate,
            name=row.name,
            reason=title,
        )
    except signing.KeyWrong as error:
        raise Misconfigured(item.connection, f"the decision cannot be signed: {error}") from error


def checked(document: bytes) -> Checked:
    """Who signed a document and when, if it is a decision of a unit of ours; raises signing.NotSound."""
    rows = Connection.objects.filter(kind="workbench")
    by_unit = {row: row.credentials.get("signing_certificate", "") for row in rows}
    by_unit = {row: text for row, text in by_unit.items() if text}
    signature = signing.verify(document, list(by_unit.values()))
    digest = hashlib.sha256(document).hexdigest()
    kept = Ruling.objects.select_related("item").filter(digest=digest).first()
    key = kept.item.connection if kept else signature.signer
    agency = next((row.name for row in by_unit if row.key == key), signature.signer)
    return Checked(signature, agency, kept.item.reference if kept else "")


def _document(ruling: Ruling, case: Case, title: str, unit: str) -> bytes:
    item, told = ruling.item, ruling.told
    appealed = item.value.get("appealed", {})
    person = case.applicant.get_full_name()
    lines = [SAYS[Ruling.Outcome(ruling.outcome)], ""]
    facts = [
        ("Decided by", f"{unit}, {told['decidedBy']}"),
        ("Decided on", local_day(ruling.decided_at).isoformat()),
        ("The court's number", item.reference),
        ("Case", case.reference),
        ("Appellant", person),
        ("Appealed decision", f"{appealed.get('service', '')} {appealed.get('reference', '')}".strip()),
        ("Reasons", told["reasons"]),
        ("Legal basis", told["law"]),
        ("To check this document", f"{settings.PORTAL_URL}/decisions/verify/"),
    ]
    data = {"reference": item.reference, "case": case.reference, "outcome": ruling.outcome, **told}
    data |= {"decidedAt": ruling.decided_at.isoformat()}
    inside = json.dumps(data, ensure_ascii=False, indent=1).encode()
    page = Page(title, unit, lines, [fact for fact in facts if fact[1]])
    return render(page, ruling.decided_at, [Attachment("decision.json", "application/json", inside)])
