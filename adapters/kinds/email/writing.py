"""The mail of one case: a few words, the case as PDF/A, and the canonical value as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from adapters.pdf.pdfa import Attachment, Page, facts, render
from adapters.ports import Request


@dataclass(frozen=True, slots=True)
class Form:
    """How the mails of one operation are worded; ``{case}`` is the case's public reference."""

    subject: str
    lines: tuple[str, ...]
    labels: Mapping[str, str]  # canonical path -> what the document calls it
    language: str


def compose(
    form: Form, request: Request, *, token: str, sender: str, recipient: str, now: datetime
) -> EmailMessage:
    """The mail; the same request has the same Message-ID (RFC 5322 section 3.6.4) at every try."""
    case = request.context.case
    mailbox, _, domain = sender.rpartition("@")
    title = form.subject.format(case=case)
    data = json.dumps(request.value, ensure_ascii=False, indent=1).encode()
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"OneStop <{sender}>"
    mail["To"] = recipient
    mail["Reply-To"] = f"{mailbox}+{message_mark(token)}@{domain}"
    mail["Subject"] = " ".join(f"{title} [{message_mark(token)}]".split())
    mail["Date"] = now
    mail["Message-ID"] = f"<{message_mark(token)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note is wanted
    mail.set_content("\n".join([*form.lines, "", f"{case}", ""]))
    document = _document(form, title, request.value, data, now)
    mail.add_attachment(document, maintype="application", subtype="pdf", filename="case.pdf")
    mail.add_attachment(data, maintype="application", subtype="json", filename="case.json")
    return mail


def message_mark(token: str) -> str:
    """How the token is written where a reply carries it back."""
    return f"onestop.{token}"


def _document(form: Form, title: str, value: dict[str, Any], data: bytes, now: datetime) -> bytes:
    labelled = [(form.labels.get(path, path), text) for path, text in facts(value)]
    attached = [Attachment("case.json", "application/json", data)]
    return render(Page(title, "OneStop", form.lines, labelled, form.language), now, attached)
