"""The documents that steps make: PDF/A with the data inside, signed where wanted, kept sealed."""

import hashlib
import json

from adapters import registry
from adapters.errors import Misconfigured
from adapters.models import Connection
from adapters.pdf import signing
from adapters.pdf.pdfa import Attachment, Page, render
from workflows.models import Case, CaseDocument, Request
from workflows.texts import filled, in_language


def make(request: Request, case: Case) -> CaseDocument:
    """Make and keep the document of a request, once; raises Misconfigured where it cannot be signed."""
    known = CaseDocument.objects.filter(case=case, token=request.token).first()
    if known is not None:
        return known
    content = _rendered(request, case)
    made = CaseDocument(
        case=case,
        token=request.token,
        name=request.value["name"],
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=request.created_at,
    )
    made.content = content
    return CaseDocument.objects.get_or_create(
        case=case,
        token=request.token,
        defaults={
            key: getattr(made, key) for key in ("public_id", "name", "sha256", "content_sealed", "created_at")
        },
    )[0]


def _rendered(request: Request, case: Case) -> bytes:
    told = request.value
    language = "en" if "en" in told["texts"] else min(told["texts"])
    message, data = in_language(told["texts"], language), {**told["data"], "reference": case.reference}
    unit = Connection.objects.filter(key=told["author"]).first() if told["author"] else None
    facts = [(label, str(value)) for label, value in _pairs(told["facts"]) if value not in (None, "")]
    lines = filled(message.get("text", ""), data).split("\n")
    title = filled(message["title"], data)
    page = Page(title, unit.name if unit else "OneStop", lines, facts, language)
    inside = json.dumps({"case": case.reference, **told["attach"]}, ensure_ascii=False, indent=1).encode()
    attached = [Attachment("data.json", "application/json", inside)]
    content = render(page, request.created_at, attached)
    return _signed(content, unit, title, told["author"]) if told["sign"] else content


def _pairs(facts: list[dict[str, object]]) -> list[tuple[str, object]]:
    """Labels and values in their order; a value that was null is left out of its fact."""
    return [(str(one["label"]), one.get("value")) for one in facts]


def _signed(content: bytes, unit: Connection | None, title: str, author: str) -> bytes:
    if unit is None:
        raise Misconfigured(author or "onestop", "a document is signed by a unit that is a connection")
    spec = registry.spec(unit)
    key, certificate = spec.credential("signing_key"), spec.credential("signing_certificate")
    try:
        return signing.sign(content, key=key, certificate=certificate, name=unit.name, reason=title)
    except signing.KeyWrong as error:
        raise Misconfigured(unit.key, f"the document cannot be signed: {error}") from error
