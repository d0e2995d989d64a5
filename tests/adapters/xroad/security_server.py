"""A security server as a client sees one: it checks the headers and answers for the service."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from adapters.simulator.server import Listener, Request, Response

XRD = "http://x-road.eu/xsd/xroad.xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PERSON = "http://rr.example.ee/producer"
CODES = {"denied": "Server.ServerProxy.AccessDenied", "network": "Server.ClientProxy.NetworkError"}
CLIENT, SERVICE = "EE/GOV/70000001/portal", "EE/GOV/70000002/rr"


@dataclass
class SecurityServer:
    """Remembers what it was sent; ``spoil`` changes one thing of its answers."""

    spoil: str = ""
    seen: list[Request] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = Listener("security server", self.answer)

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        return self.rest(request) if request.path.startswith("/r1/") else self.soap(request)

    # --- REST ---

    def rest(self, request: Request) -> Response:
        if self.spoil == "denied":
            return self.problem("Server.ServerProxy.AccessDenied", 500)
        if self.spoil == "network":
            return self.problem("Server.ClientProxy.NetworkError", 500)
        assert request.header("X-Road-Client") == CLIENT
        assert request.path == f"/r1/{SERVICE}/persons/19850312T4240"
        self.ids.append(request.header("X-Road-Id"))
        digest = base64.b64encode(hashlib.sha512(b"as the servers wrote it").digest()).decode()
        headers = {
            "X-Road-Client": "EE/GOV/1/x" if self.spoil == "client" else CLIENT,
            "X-Road-Service": SERVICE,
            "X-Road-Id": "another" if self.spoil == "id" else self.ids[-1],
            "X-Road-Request-Hash": "short" if self.spoil == "hash" else digest,
        }
        body = json.dumps({"name": "Maria"}).encode()
        return Response(200, body, "application/json", headers)

    def problem(self, code: str, status: int) -> Response:
        body = json.dumps({"type": code, "message": "told by the server", "detail": "1"}).encode()
        return Response(status, body, "application/json", {"X-Road-Error": code})

    # --- SOAP ---

    def soap(self, request: Request) -> Response:
        if self.spoil in ("denied", "network"):
            return self.fault(CODES[self.spoil])
        envelope = etree.fromstring(request.body)
        header = envelope.find(f"{{{SOAP}}}Header")
        values = {etree.QName(block).localname: block for block in header}
        assert values["protocolVersion"].text == "4.0"
        assert [one.text for one in values["client"]] == CLIENT.split("/")
        assert [one.text for one in values["service"]] == [*SERVICE.split("/"), "getPerson"]
        self.ids.append(values["id"].text)
        if self.spoil == "id":
            values["id"].text = "another"
        if self.spoil == "client":
            values["client"][0].text = "FI"
        content = b"something else" if self.spoil == "hash" else request.body
        digest = etree.SubElement(header, f"{{{XRD}}}requestHash")
        digest.set("algorithmId", "http://www.w3.org/2001/04/xmlenc#sha512")
        digest.text = base64.b64encode(hashlib.sha512(content).digest()).decode()
        body = envelope.find(f"{{{SOAP}}}Body")
        body.remove(body[0])
        answer = etree.SubElement(body, f"{{{PERSON}}}getPersonResponse")
        etree.SubElement(answer, "name").text = "Maria"
        return Response(200, etree.tostring(envelope), "text/xml; charset=utf-8")

    def fault(self, code: str) -> Response:
        text: Any = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode>s:{code}</faultcode>'
            "<faultstring>told by the server</faultstring></s:Fault></s:Body></s:Envelope>"
        )
        return Response(500, text.encode(), "text/xml; charset=utf-8")
