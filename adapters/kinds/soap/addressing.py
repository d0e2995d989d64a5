"""WS-Addressing 1.0 (and its member submission of August 2004): who a message is for, and what it answers."""

import re
import uuid
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured

URIS = {
    "1.0": "http://www.w3.org/2005/08/addressing",
    "2004/08": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
}
_ANONYMOUS = {
    "1.0": "http://www.w3.org/2005/08/addressing/anonymous",
    "2004/08": "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
}
_REPLY = {"1.0": "http://www.w3.org/2005/08/addressing/reply", "2004/08": "wsa:Reply"}
_KNOWN = {"version", "reply_to", "to", "strict"}
_TEXT = re.compile(r"[\x21-\x7e]{0,200}")  # of an identifier or an action


@dataclass(frozen=True, slots=True)
class Properties:
    """What a received header says; "" for what it does not."""

    message_id: str = ""
    relates_to: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Addressing:
    """``[addressing]`` of a connection: ``version``, ``reply_to`` (portal or anonymous), ``to``, ``strict``.

    With ``reply_to = "portal"`` the agency answers operations of the mapping that say ``answer = "later"`` to
    this portal's address for SOAP messages. Where ``strict`` is false, an answer need not say what it
    relates to.
    """

    version: str
    key: str
    to: str
    reply_to: str  # "" for anonymous: the answer comes at once
    strict: bool

    @classmethod
    def of(cls, spec: ConnectionSpec, to: str) -> "Addressing | None":
        """None where the connection says nothing of it; raises Misconfigured."""
        table = spec.option("addressing", {})
        if not table:
            return None
        version, reply_to = str(table.get("version", "1.0")), table.get("reply_to", "anonymous")
        if version not in URIS or reply_to not in {"portal", "anonymous"} or set(table) - _KNOWN:
            raise Misconfigured(spec.key, "[addressing] says what is not known; see docs/connections.md")
        portal = f"{settings.PORTAL_URL}/api/v1/agencies/{spec.key}/soap"
        return cls(
            version,
            spec.key,
            str(table.get("to", to)),
            portal if reply_to == "portal" else "",
            bool(table.get("strict", True)),
        )

    @property
    def uri(self) -> str:
        """The namespace."""
        return URIS[self.version]

    @property
    def declaration(self) -> str:
        """The namespace's declaration for the envelope."""
        return f' xmlns:wsa="{self.uri}"'

    def message_id(self, operation: str, idempotency_key: str) -> str:
        """The same for every attempt at the same thing (RFC 4122, version 5); without a key, a new one."""
        if not idempotency_key:
            return f"urn:uuid:{uuid.uuid4()}"
        name = f"onestop:{self.key}:{operation}:{idempotency_key}"
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"

    def header(self, action: str, message_id: str, *, later: bool) -> str:
        """The header blocks' text; an answer that comes ``later`` comes to our own address."""
        reply_to = escape(self.reply_to if later else _ANONYMOUS[self.version])
        return (
            f"<wsa:To>{escape(self.to)}</wsa:To><wsa:Action>{escape(action)}</wsa:Action>"
            f"<wsa:MessageID>{message_id}</wsa:MessageID>"
            f"<wsa:ReplyTo><wsa:Address>{reply_to}</wsa:Address></wsa:ReplyTo>"
        )

    def read(self, header: Any) -> Properties:
        """What a received header says; raises Violation for a property said twice (section 3.2)."""
        return Properties(
            self._one(header, "MessageID"), self._one(header, "RelatesTo"), self._one(header, "Action")
        )

    def insist_on_relation(self, header: Any, message_id: str) -> None:
        """Raise Violation where an answer is one to another message."""
        found = self.read(header).relates_to
        if found != message_id and (found or self.strict):
            raise Violation(f"the answer relates to {found or 'no message'}, not to ours")

    def _one(self, header: Any, name: str) -> str:
        found = [] if header is None else header.findall(f"{{{self.uri}}}{name}")
        if name == "RelatesTo":
            reply = _REPLY[self.version]
            found = [one for one in found if one.get("RelationshipType", reply) == reply]
        if len(found) > 1:
            raise Violation(f"the header says {name} twice", line=found[1].sourceline or 0)
        text = "" if not found else (found[0].text or "").strip()
        if not _TEXT.fullmatch(text):
            raise Violation(f"the header's {name} is not up to 200 characters of an address")
        return text
