"""X-Road Message Protocol for SOAP 4.0 (PR-MESS): the header blocks, and the answer's hash of our request."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation
from adapters.egress import HttpReply
from adapters.errors import NotUnderstood
from adapters.kinds.xroad import identifiers
from adapters.kinds.xroad.door import XRoadDoor

XRD = "http://x-road.eu/xsd/xroad.xsd"
XID = "http://x-road.eu/xsd/identifiers"
REPR = "http://x-road.eu/xsd/representation.xsd"
SHA_512 = "http://www.w3.org/2001/04/xmlenc#sha512"
VERSION = "4.0"


class SoapDoor(XRoadDoor):
    """Sends SOAP messages to a service through a security server."""

    spec: ConnectionSpec

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HttpReply:
        """As a door sends, with the header blocks of section 2.2, the answer's checked."""
        envelope = parse(body)
        code = local(next(iter(envelope.find("{*}Body"))).tag)
        message_id = self.message_id()
        sent = self._with_headers(envelope, code, message_id)
        reply = self.send_plain(method, path, sent, headers or {}, timeout)
        if reply.status in (200, 500):
            self._check(reply, sent, code, message_id)
        return reply

    def _with_headers(self, envelope: Any, code: str, message_id: str) -> bytes:
        blocks = [
            self.client.xml("client"),
            identifiers.service(self.spec, code=code).xml("service"),
            *(
                f"<xrd:{name}>{escape(value)}</xrd:{name}>"
                for name, value in (("id", message_id), ("userId", self.who()), ("issue", self.why()))
                if value
            ),
            f"<xrd:protocolVersion>{VERSION}</xrd:protocolVersion>",
            self._represented(),
        ]
        header = envelope.find("{*}Header")
        if header is None:
            header = etree.Element(etree.QName(etree.QName(envelope).namespace, "Header"))
            envelope.insert(0, header)
        wrapper = f'<w xmlns:xrd="{XRD}" xmlns:xid="{XID}" xmlns:repr="{REPR}">{"".join(blocks)}</w>'
        header.extend(list(parse(wrapper.encode())))
        return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")

    def _represented(self) -> str:
        if not self.represented:
            return ""
        kind, _, code = self.represented.rpartition("/")
        of_class = f"<repr:partyClass>{escape(kind)}</repr:partyClass>" if kind else ""
        return (
            f"<repr:representedParty>{of_class}<repr:partyCode>{escape(code)}</repr:partyCode>"
            "</repr:representedParty>"
        )

    def _check(self, reply: HttpReply, sent: bytes, code: str, message_id: str) -> None:
        try:
            envelope = parse(reply.body)
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        fault = envelope.findtext("{*}Body/{*}Fault/faultcode") or ""
        problem = self.failure(fault.rpartition(":")[2], envelope.findtext(".//faultstring") or "", reply)
        if problem is not None:
            raise problem
        header = envelope.find("{*}Header")
        self.insist(header is not None, "header", reply)
        said = header.findtext(f"{{{XRD}}}id") or ""
        self.insist(said.strip() == message_id, "id", reply)
        for name, mine in (
            ("client", self.client),
            ("service", identifiers.service(self.spec, code=code)),
        ):
            block = header.find(f"{{{XRD}}}{name}")
            inner = list(block) if block is not None else []
            parts = tuple((local(one.tag), (one.text or "").strip()) for one in inner)
            self.insist(parts == mine.parts, name, reply)
        digest = header.find(f"{{{XRD}}}requestHash")
        self.insist(digest is not None and _is_hash_of(digest, sent), "requestHash", reply)


def _is_hash_of(element: Any, sent: bytes) -> bool:
    """Whether a requestHash is that of the message as it left us."""
    if element.get("algorithmId") != SHA_512:
        return False
    return (element.text or "").strip() == base64.b64encode(hashlib.sha512(sent).digest()).decode()
