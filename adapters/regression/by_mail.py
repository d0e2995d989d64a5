"""A recorded mail made again: handed to a mail server on loopback, its answer fetched from a mailbox there.

Needs a database where a mailbox is emptied, and leaves it as it was.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from io import BytesIO
from typing import Any

from django.db import transaction
from pypdf import PdfReader

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.kinds.email import reading
from adapters.kinds.email.reading import TOKEN, Kind
from adapters.models import Exchange
from adapters.regression import wire
from adapters.regression.recorded import KEY, Recorded, Sent, answer_of, settled
from adapters.simulator.mail import MailAgency
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches
from adapters.simulator.tls import authority

_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "In-Reply-To")


class _PostOffice(MailAgency):
    """Takes every mail and answers none."""

    key = "recorded"
    name = "Recorded agency"
    protocol = "SMTP"

    def __init__(self) -> None:
        super().__init__(Settings())
        self.came: list[EmailMessage] = []

    def take(self, mail: EmailMessage, content: bytes, switches: Switches) -> None:
        self.came.append(mail)


@contextmanager
def _office(spec: ConnectionSpec) -> Iterator[tuple[_PostOffice, Any]]:
    """A post office, and the adapter of the connection that leads there."""
    office = _PostOffice()
    office.open()
    try:
        account = {"username": CLIENT_NAME, "password": office.settings.secret}
        mailbox = {f"mailbox_{name}": one for name, one in account.items()}
        proofs = {**account, **mailbox, "mailbox_url": office.mailbox_url, "ca": authority(None).certificate}
        settings = {**spec.settings, "starttls": True}
        yield (
            office,
            registry.build(replace(spec, base_url=office.url, settings=settings, credentials=proofs)),
        )
    finally:
        office.stop()


def replay(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the mail that would go today, or with what an answer is understood as."""
    spec = replace(spec, key=KEY)  # apart from the mails that lie here from the same agency
    with transaction.atomic(), _office(spec) as (office, adapter):
        try:
            if recorded.received:
                office.put(recorded.received.encode("utf-8", "surrogateescape"))
            answer = answer_of(adapter, recorded)
            if isinstance(answer.get("reference"), str) and not recorded.reference:
                answer["reference"] = _tokenless(f"onestop.{answer['reference']}").removeprefix("onestop.")
            return replace(recorded, sent=[_sent(mail) for mail in office.came], answer=answer)
        finally:
            transaction.set_rollback(True)


def replay_inbound(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with what a mail that answers no case is taken for today."""
    domains = frozenset(str(one).lower() for one in spec.option("sender_domains"))
    mail = reading.read(recorded.received.encode("utf-8", "surrogateescape"), domains)
    is_machine = mail.kind == Kind.MACHINE
    state = Exchange.State.ACCEPTED if is_machine else Exchange.State.NOT_UNDERSTOOD
    told = {"kind": str(mail.kind), "why": mail.why, "sender": mail.sender, "subject": mail.subject}
    return replace(recorded, sent=[], answer={"state": str(state), "value": {**told, "text": mail.text}})


def _sent(mail: EmailMessage) -> Sent:
    """A mail by its parts: headers, what it says, its documents by their text and what they claim to be."""
    headers = {name.lower(): _tokenless(str(mail[name])) for name in _HEADERS if mail[name] is not None}
    shown = [_part(part) for part in mail.walk() if not part.is_multipart()]
    return Sent("MAIL", settled(wire.sorted_json(shown)), headers)


def _part(part: EmailMessage) -> dict[str, Any]:
    kind, content = part.get_content_type(), part.get_payload(decode=True)
    octets = content if isinstance(content, bytes) else b""
    about = {"type": kind, "name": part.get_filename() or ""}
    if kind == "application/pdf":
        return {**about, "document": _document(octets)}
    if kind == "application/json":
        return {**about, "data": json.loads(octets)}
    if kind.startswith("text/"):
        return {**about, "text": str(part.get_content()).replace("\r\n", "\n")}
    return {**about, "bytes": octets.hex()}


def _document(content: bytes) -> dict[str, Any]:
    """What a PDF says, what it claims to follow, and what is attached to it."""
    reader = PdfReader(BytesIO(content))
    metadata = reader.xmp_metadata
    claims = metadata.stream.get_data().decode("utf-8", "replace") if metadata is not None else ""
    attached = {
        name: [_data(one) for one in contents] for name, contents in sorted(reader.attachments.items())
    }
    return {
        "text": [page.extract_text() for page in reader.pages],
        "title": str((metadata.dc_title or {}).get("x-default", "")) if metadata is not None else "",
        "language": str(reader.root_object.get("/Lang", "")),
        "claims": sorted(re.findall(r"(?:pdfaid:(?:part|conformance)|pdfuaid:part)>[^<\s]+", claims)),
        "attached": attached,
    }


def _data(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.hex()


def _tokenless(text: str) -> str:
    """Without the token that only this portal can make from a key."""
    return TOKEN.sub("onestop.@token", text)
