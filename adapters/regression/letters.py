"""A mail as it came with its values replaced, part by part; what is no text becomes a stand-in."""

from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage

from adapters.regression.pseudonyms import Pseudonyms

_REPLACED = {
    *("From", "To", "Cc", "Reply-To", "Sender", "Delivered-To", "Subject"),
    *("Message-ID", "In-Reply-To", "References"),
    *("Action", "Status", "Diagnostic-Code", "Final-Recipient"),  # of a delivery status (RFC 3464)
}
_AS_IT_IS = ("Auto-Submitted", "Precedence", "X-Autoreply", "X-Autorespond", "MIME-Version")
MAIL = "message/rfc822"
_STAND_IN = b"a stand-in for an attachment\n"


def pseudonymised(names: Pseudonyms, content: bytes) -> str:
    """The mail as text; one that cannot be read is replaced as any other text."""
    try:
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        return _rebuilt(names, mail).decode("utf-8", "surrogateescape")
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, KeyError):
        return names.text("mail", content.decode("utf-8", "replace"))


def said(content: bytes) -> list[str]:
    """What a mail says: its head, its texts, the names of what is attached."""
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    told = [str(value) for part in mail.walk() for name, value in part.items() if name in _REPLACED]
    for part in mail.walk():
        told.append(part.get_filename() or "")
        if part.get_content_maintype() == "text" and not part.is_multipart():
            octets = part.get_payload(decode=True)
            told.append(octets.decode("utf-8", "replace") if isinstance(octets, bytes) else "")
    return told


def _rebuilt(names: Pseudonyms, mail: EmailMessage) -> bytes:
    _replace(names, mail)
    return mail.as_bytes(policy=policy.default.clone(linesep="\r\n"))


def _replace(names: Pseudonyms, part: EmailMessage) -> None:
    """The head by its fields, the body by its parts."""
    _replace_head(names, part)
    payload = part.get_payload()
    if isinstance(payload, list):
        for inner in payload:
            if isinstance(inner, EmailMessage):
                _replace(names, inner)
    elif part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
        part.set_payload(_STAND_IN.decode())
        del part["Content-Transfer-Encoding"]
    elif payload:
        _replace_text(names, part)
    name = part.get_filename()
    if name:
        part.set_param("filename", names.text("", name), header="Content-Disposition")


def _replace_text(names: Pseudonyms, part: EmailMessage) -> None:
    text = names.text("text", str(part.get_content()))
    kept = {name: str(part[name]) for name in part if not name.lower().startswith("content-")}
    cte = "7bit" if text.isascii() and max(map(len, text.split("\n"))) < 900 else "quoted-printable"
    part.set_content(text, subtype=part.get_content_subtype(), charset="utf-8", cte=cte)
    for name, value in kept.items():
        if name not in part:
            part[name] = value


def _replace_head(names: Pseudonyms, part: EmailMessage) -> None:
    """Fields that we read, replaced; all others, which say over which machines it came, are left out."""
    kept = []
    for name, value in part.items():
        if name in _REPLACED:
            kept.append((name, names.text(name, str(value))))
        elif name in _AS_IT_IS or name.lower().startswith("content-"):
            kept.append((name, str(value)))
        elif name == "Date":
            kept.append((name, "Sat, 01 Jan 2000 12:00:00 +0000"))
    for name in list(part.keys()):
        del part[name]
    for name, value in kept:
        part[name] = value
