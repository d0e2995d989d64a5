"""Cases and what happens to them: our documented extension, after ZGW, PROV, CCCEV and Dublin Core."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Strict, StringConstraints

from adapters.standard.base import Canonical, term
from adapters.standard.dates import FullDate
from adapters.standard.people import Identifier, Person
from adapters.standard.text import Code, Line, Name, Prose

Moment = Annotated[AwareDatetime, Strict(False)]
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$", max_length=127)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Document(Canonical):
    """A file that belongs to a case, known by its digest."""

    TERM: ClassVar[str] = "foaf:Document"

    identifier: Identifier = term("dct:identifier", "Number of the document", default=...)
    title: Name = term("dct:title", "What it is called", kind="lang", default=...)
    media_type: MediaType = term(
        "dct:format", "Media type, like application/pdf", default=..., alias="mediaType"
    )
    created: Moment | None = term("dct:created", "When it was made", kind="dateTime")
    byte_size: int | None = term("dcat:byteSize", "Size in bytes", alias="byteSize", ge=0)
    digest: Sha256 | None = term("spdx:checksumValue", "SHA-256 of the bytes, in lower-case hex")


class Evidence(Canonical):
    """Proof of something, with who vouches for it and since when."""

    TERM: ClassVar[str] = "m8g:Evidence"

    identifier: Identifier = term("dct:identifier", "Number of the evidence", default=...)
    evidence_type: Code = term(
        "m8g:isConformantTo", "The kind of evidence", default=..., alias="evidenceType"
    )
    issuing_authority: Name = term("dct:publisher", "Who vouches", default=..., alias="issuingAuthority")
    about: Person | None = term("dct:subject", "The person it is about")
    issued: Moment | None = term("dct:issued", "When it was issued", kind="dateTime")
    valid_until: FullDate | None = term(
        "os:validUntil", "Last day it counts", kind="date", alias="validUntil"
    )
    document: Document | None = term("dct:source", "The file it stands in")


class StatusEvent(Canonical):
    """One thing that happened to a case."""

    TERM: ClassVar[str] = "prov:Activity"

    status: Code = term("os:status", "The state reached, as a code", default=...)
    occurred_at: Moment = term("prov:endedAtTime", "When", kind="dateTime", default=..., alias="occurredAt")
    agency: Name | None = term("prov:wasAssociatedWith", "Who did it", kind="agent")
    reference: Code | None = term("os:reference", "The agency's own number for it")
    statement: Line | None = term("dct:description", "What happened, for a person to read", kind="lang")


class Decision(Canonical):
    """What an authority decided, and why. A refusal or partial grant must say why."""

    TERM: ClassVar[str] = "os:Decision"

    outcome: Literal["granted", "partly-granted", "refused", "withdrawn"] = term(
        "os:outcome", "What was decided", default=...
    )
    decided_at: Moment = term("prov:generatedAtTime", "When", kind="dateTime", default=..., alias="decidedAt")
    decided_by: Name = term(
        "prov:wasAttributedTo", "Who decided", kind="agent", default=..., alias="decidedBy"
    )
    reason: Prose | None = term("dct:description", "Why", kind="lang")
    legal_basis: list[Line] | None = term("os:legalBasis", "The law it rests on", alias="legalBasis")


class Case(Canonical):
    """One matter of one applicant before one or more authorities, from start to end."""

    TERM: ClassVar[str] = "os:Case"

    identifier: Identifier = term("dct:identifier", "Public reference of the case", default=...)
    service: Code = term("os:service", "The public service asked for", default=...)
    applicant: Person = term("os:applicant", "Who asks", default=...)
    started: Moment = term("prov:startedAtTime", "When it began", kind="dateTime", default=...)
    ended: Moment | None = term("prov:endedAtTime", "When it was done", kind="dateTime")
    status_event: list[StatusEvent] | None = term("os:statusEvent", "What happened", alias="statusEvent")
    document: list[Document] | None = term("os:document", "Files of the case")
    evidence: list[Evidence] | None = term("os:evidence", "Proof used")
    decision: list[Decision] | None = term("os:decision", "What was decided")
