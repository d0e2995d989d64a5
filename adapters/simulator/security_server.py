"""An X-Road security server as its client sees it: headers checked, services found, answers marked.

After the Message Protocol for REST 1.0 (PR-REST) and the Message Protocol 4.0 (PR-MESS). Behind it stands a
service that knows nothing of X-Road. What two real servers say to each other is left out; the request hash
of REST is made here of what arrived, SHA512(SHA512(headers) + SHA512(body)).
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation
from adapters.simulator.server import Request, Response

XRD = "http://x-road.eu/xsd/xroad.xsd"
XID = "http://x-road.eu/xsd/identifiers"
SHA_512 = "http://www.w3.org/2001/04/xmlenc#sha512"
HOP_BY_HOP = ("connection", "keep-alive", "te", "transfer-encoding", "upgrade", "host", "user-agent")
IDENTIFIER = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion")
Service = Callable[[Request], Response]


class Trouble(Exception):
    """What a security server says by itself. ``code`` begins with the side at fault."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """400 where the request breaks the protocol, 500 for all else (PR-REST section 4.6)."""
        return 400 if self.code.startswith("Client.") else 500


@dataclass(frozen=True, slots=True)
class SecurityServer:
    """``services`` by identifier (``INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE``); ``clients`` may call them.

    A SOAP service ends at the subsystem: its code is the name of the operation.
    """

    clients: frozenset[str]
    services: dict[str, Service]

    def answer(self, request: Request) -> Response:
        """One message of either protocol."""
        return self._rest(request) if request.path.startswith("/r1/") else self._soap(request)

    # --- REST ---

    def _rest(self, request: Request) -> Response:
        message_id = request.header("X-Road-Id") or str(uuid.uuid4())
        try:
            client = self._client(request.header("X-Road-Client"))
            identifier, path = self._split(request.path.removeprefix("/r1/"))
            inner = self.services[identifier](replace(request, path=f"/{path}"))
        except Trouble as trouble:
            told = {"type": trouble.code, "message": trouble.message, "detail": str(uuid.uuid4())}
            marks = {"X-Road-Error": trouble.code, "X-Road-Id": message_id}
            kind = "application/json;charset=utf-8"
            return Response(trouble.status, json.dumps(told).encode(), kind, marks)
        marks = {
            "X-Road-Client": client,
            "X-Road-Service": identifier,
            "X-Road-Id": message_id,
            "X-Road-Request-Id": str(uuid.uuid4()),
            "X-Road-Request-Hash": _rest_hash(request),
        }
        kept = {
            name: value for name, value in inner.headers.items() if not name.lower().startswith("x-road-")
        }
        return replace(inner, headers={**kept, **marks})

    def _client(self, text: str) -> str:
        parts = text.split("/")
        if not text:
            raise Trouble("Client.BadRequest", "the header X-Road-Client is missing")
        if len(parts) not in (3, 4) or not all(parts):
            raise Trouble("Client.BadRequest", f"X-Road-Client {text!r} is no identifier of a member")
        return self._known("/".join(unquote(part) for part in parts))

    def _known(self, client: str) -> str:
        if client not in self.clients:
            raise Trouble("Server.ClientProxy.UnknownMember", f"client {client} is not found here")
        return client

    def _split(self, rest: str) -> tuple[str, str]:
        parts = rest.split("/")
        if len(parts) < 5 or not all(parts[:5]):
            raise Trouble(
                "Client.BadRequest",
                "the address names no service: /r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE",
            )
        identifier = "/".join(unquote(part) for part in parts[:5])
        if identifier not in self.services:
            raise self._nothing(identifier)
        return identifier, "/".join(parts[5:])

    def _nothing(self, identifier: str) -> Trouble:
        member = identifier.rpartition("/")[0]
        if not any(one == member or one.startswith(f"{member}/") for one in self.services):
            return Trouble("Server.ClientProxy.UnknownMember", f"{member} is not found")
        return Trouble("Server.ServerProxy.UnknownService", f"there is no service {identifier}")

    # --- SOAP ---

    def _soap(self, request: Request) -> Response:
        try:
            envelope = parse(request.body)
            header = envelope.find("{*}Header")
            blocks = {} if header is None else {one.tag: one for one in header if isinstance(one.tag, str)}
            self._checked(blocks)
            self._known("/".join(_identifier(blocks[f"{{{XRD}}}client"])))
            asked = _identifier(blocks[f"{{{XRD}}}service"])
            service = self.services.get("/".join(asked[:4]))
            if service is None:
                raise self._nothing("/".join(asked[:5]))
            body = next(iter(envelope.find("{*}Body")), None)
            if body is None or len(asked) < 5 or local(body.tag) != asked[4]:
                raise Trouble("Client.InconsistentHeaders", "the body's element is not the service's code")
            return _marked(service(request), list(blocks.values()), request.body)
        except Violation as error:
            return _fault(Trouble("Client.InvalidXml", error.message))
        except Trouble as trouble:
            return _fault(trouble)

    def _checked(self, blocks: dict[str, Any]) -> None:
        for name in ("client", "service", "id", "protocolVersion"):
            if f"{{{XRD}}}{name}" not in blocks:
                raise Trouble("Client.MissingHeaderField", f"the header {name} is missing")
        version = (blocks[f"{{{XRD}}}protocolVersion"].text or "").strip()
        if version != "4.0":
            raise Trouble("Client.InvalidProtocolVersion", f"protocol version {version!r} is not 4.0")
        for name, kinds in (("client", ("MEMBER", "SUBSYSTEM")), ("service", ("SERVICE",))):
            if blocks[f"{{{XRD}}}{name}"].get(f"{{{XID}}}objectType") not in kinds:
                raise Trouble("Client.BadRequest", f"the header {name} has the wrong objectType")


def front(table: Mapping[str, Any]) -> Callable[[Service], Service]:
    """What puts a service behind a server that knows the client and the service of a connection's [xroad]."""
    parts = str(table.get("service", "")).split("/")
    name = "/".join(parts[:4] if table.get("protocol", "rest") == "soap" else parts[:5])
    client = str(table.get("client", ""))
    return lambda service: SecurityServer(frozenset({client}), {name: service}).answer


def _identifier(block: Any) -> list[str]:
    found = {etree.QName(one): (one.text or "").strip() for one in block}
    names = [name for name in IDENTIFIER if etree.QName(XID, name) in found]
    return [found[etree.QName(XID, name)] for name in names]


def _rest_hash(request: Request) -> str:
    lines = [
        f"{name}:{value}\r\n" for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP
    ]
    digest = hashlib.sha512(f"{request.method} {request.path}\r\n{''.join(lines)}".encode()).digest()
    if request.body:
        digest = hashlib.sha512(digest + hashlib.sha512(request.body).digest()).digest()
    return base64.b64encode(digest).decode()


def _marked(reply: Response, blocks: list[Any], asked: bytes) -> Response:
    """The service's answer with the question's header blocks and hash (PR-MESS section 2.2)."""
    envelope = parse(reply.body)
    header = envelope.find("{*}Header")
    if header is None:
        header = etree.Element(etree.QName(etree.QName(envelope).namespace, "Header"))
        envelope.insert(0, header)
    header.extend([deepcopy(one) for one in blocks])
    digest = etree.SubElement(header, f"{{{XRD}}}requestHash", {"algorithmId": SHA_512})
    digest.text = base64.b64encode(hashlib.sha512(asked).digest()).decode()
    return replace(reply, body=etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def _fault(trouble: Trouble) -> Response:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    envelope = etree.Element(f"{{{soap}}}Envelope", nsmap={"SOAP-ENV": soap})
    fault = etree.SubElement(etree.SubElement(envelope, f"{{{soap}}}Body"), f"{{{soap}}}Fault")
    for name, text in (("faultcode", trouble.code), ("faultstring", trouble.message), ("faultactor", "")):
        etree.SubElement(fault, name).text = text
    etree.SubElement(etree.SubElement(fault, "detail"), "faultDetail").text = str(uuid.uuid4())
    return Response(500, etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))
