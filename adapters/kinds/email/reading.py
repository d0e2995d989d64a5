"""What a mail in our mailbox is: an answer, a bounce, a machine speaking, or nothing of ours.

Nothing is believed of a mail but the token that we made up and sent: not its sender's name, not a header that
says it was authenticated. An answer must carry the token and come from a domain that the connection lists. A
bounce (RFC 3464) comes from any mail server, and must quote the token of the mail it could not deliver.
"""

import re
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from enum import StrEnum
from html.parser import HTMLParser

MOST_PARTS = 50
LONGEST_TEXT = 200_000
TOKEN = re.compile(r"onestop[.+-]([0-9a-f]{32})", re.IGNORECASE)
# Where an answer ends and what it answers begins, as mail programs mark it.
_QUOTE = re.compile(
    r"^(>|-{2,}\s*(original message|forwarded message|ursprungligt meddelande)|_{10,}$|-- $"
    r"|(on|den|am|le|el)\b.{0,200}\b(wrote|skrev|schrieb|a écrit|escribió)\s*:|(from|från|von|de):\s.+@)",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a mail is to us."""

    ANSWER = "answer"
    BOUNCE = "bounce"
    MACHINE = "machine"  # an out-of-office note, a receipt, a delay: no answer
    UNKNOWN = "unknown"  # not ours, or not from whom it should be: for a person


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, read. ``text`` is what was written anew, without what it quotes."""

    kind: Kind
    token: str
    sender: str
    subject: str
    text: str
    why: str = ""  # of a bounce, or of a mail that is unknown
    code: str = ""  # of a bounce: its status (RFC 3463)
    attachments: list[dict[str, object]] = field(default_factory=list)


def read(content: bytes, domains: frozenset[str]) -> Mail:
    """Read a mail from anybody; never raises for what is in it."""
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
        return _read(message, domains)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        # the standard library's parser has faults of its own with mail that is built to break it
        found = TOKEN.search(content[:20_000].decode("latin-1"))
        token = found[1].lower() if found else ""
        kind = Kind.ANSWER if token else Kind.UNKNOWN  # without a word it decides nothing: a person reads it
        return Mail(kind, token, "", "", "", why=f"the mail cannot be read: {error}")


def _read(message: EmailMessage, domains: frozenset[str]) -> Mail:
    sender, subject = _sender(message), " ".join(str(message.get("Subject", "")).split())
    parts = [part for part, _ in zip(message.walk(), range(MOST_PARTS), strict=False)]
    if message.get_content_type() == "multipart/report" and message.get_param("report-type") == (
        "delivery-status"
    ):
        return _report(parts, sender, subject)
    token = _token(message)
    text = _written(parts)
    if _is_machine(message):
        return Mail(Kind.MACHINE, token, sender, subject, text, why="written by a machine")
    attachments = [_attachment(part) for part in parts if part.get_content_disposition() == "attachment"]
    if not token:
        why = "it answers nothing that we sent"
    elif sender.rpartition("@")[2] not in domains:
        why = f"it comes from {sender or 'nobody'}, who is not the agency"
    else:
        return Mail(Kind.ANSWER, token, sender, subject, text, attachments=attachments)
    return Mail(Kind.UNKNOWN, "", sender, subject, text, why=why, attachments=attachments)


def _sender(message: EmailMessage) -> str:
    """The one address of From, in lower case; "" where there are several, which is a known trick."""
    addresses = getaddresses([str(value) for value in message.get_all("From", [])])
    return addresses[0][1].lower() if len(addresses) == 1 else ""


def _token(message: EmailMessage) -> str:
    """Our token, from where a reply carries it: what it answers, whom it is written to, its subject."""
    for name in ("In-Reply-To", "References", "To", "Cc", "Delivered-To", "Subject"):
        for value in message.get_all(name, []):
            found = TOKEN.search(str(value))
            if found is not None:
                return found[1].lower()
    return ""


def _is_machine(message: EmailMessage) -> bool:
    """RFC 3834, and what was there before it."""
    automatic = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    older = str(message.get("Precedence", "")).strip().lower() in {"auto_reply", "bulk", "junk"}
    return automatic != "no" or older or any(name in message for name in ("X-Autoreply", "X-Autorespond"))


def _report(parts: list[EmailMessage], sender: str, subject: str) -> Mail:
    """A delivery status notification: only a final failure is a bounce."""
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    returned = next(
        (part for part in parts if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")), None
    )
    fields = _fields(status)
    found = TOKEN.search(str(returned)) if returned is not None else None
    token = found[1].lower() if found else ""
    action = fields.get("action", "")
    kind = Kind.BOUNCE if action == "failed" and token else Kind.MACHINE
    why = fields.get("diagnostic-code", "") or f"delivery {action or 'status unknown'}"
    return Mail(kind, token, sender, subject, "", why=why, code=fields.get("status", "5.0.0"))


def _fields(status: EmailMessage | None) -> dict[str, str]:
    """The fields of a notification's blocks, the last block's where one comes twice."""
    blocks = status.get_payload() if status is not None else []
    return {
        name.lower(): " ".join(str(value).split()).lower() if name.lower() == "action" else str(value)
        for block in blocks
        if isinstance(block, EmailMessage)
        for name, value in block.items()
    }


def _attachment(part: EmailMessage) -> dict[str, object]:
    """Name, type and size; its bytes stay in the mail, which the exchange log keeps."""
    body = part.get_payload(decode=True)
    name = re.sub(r"[^\w .()-]", "_", part.get_filename() or "")[:120]
    size = len(body) if isinstance(body, bytes) else 0
    return {"name": name, "type": part.get_content_type(), "size": size}


def _written(parts: list[EmailMessage]) -> str:
    """What the sender wrote anew: the plain text, else the HTML without its marks and hidden parts."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                content = str(part.get_content())[:LONGEST_TEXT]
                return _answer(content if kind == "text/plain" else _text(content))
    return ""


def _answer(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if _QUOTE.match(line.strip() if line != "-- " else line):
            break
        lines.append(line.rstrip())
    return "\n".join(lines).strip()


class _Words(HTMLParser):
    """The words of an HTML mail; what stands in quotes, scripts and styles is left out."""

    SILENT = frozenset({"script", "style", "head", "blockquote", "template", "title"})
    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _text(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    lines = "".join(words.words).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)
