"""Bindings of a WSDL to operations: what stands in Body, Header and Fault of each message."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.contracts.definitions import WSDL, Definitions, Skipped, place, target_namespace
from adapters.contracts.encoded import ENCODING, ENCODING_12
from adapters.contracts.messages import Messages, NotRead
from adapters.contracts.namespaces import file_of, resolve, unreadable

SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"  # W3C note on the WSDL 1.1 binding for SOAP 1.2
HTTP = "{http://schemas.xmlsoap.org/wsdl/http/}"
MIME = "{http://schemas.xmlsoap.org/wsdl/mime/}"
VERSIONS = {SOAP: "1.1", SOAP12: "1.2"}
TRANSPORTS = {
    "http://schemas.xmlsoap.org/soap/http",
    "http://schemas.xmlsoap.org/soap/http/",
    "http://www.w3.org/2003/05/soap/bindings/HTTP/",
    "",
}
_ACTIONS = (
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://schemas.xmlsoap.org/ws/2004/08/addressing}Action",
)
_ENCODINGS = {one.rstrip("/"): one for one in (ENCODING, ENCODING_12)}


@dataclass(frozen=True, slots=True)
class WsdlOperation:
    """One operation of a SOAP binding. Names are in Clark notation, "" for a Body without an element."""

    name: str
    action: str
    style: str  # "document" or "rpc"
    is_encoded: bool
    request: str  # element of the request's Body: see adapters.contracts.bodies
    reply: str  # element of the reply's Body; "" where nothing is answered or the Body is empty
    headers: tuple[str, ...]
    faults: tuple[str, ...]  # elements that may stand in a Fault's detail
    soap_version: str = "1.1"  # "1.1" or "1.2"
    is_one_way: bool = False  # nothing but a status is answered
    reply_headers: tuple[str, ...] = ()
    header_faults: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()  # parts of the request beside the envelope (SOAP with Attachments)
    reply_attachments: tuple[str, ...] = ()
    addressing_action: str = ""  # WS-Addressing Action of the request, "" where the WSDL names none
    binding: str = ""
    service: str = ""
    port: str = ""
    address: str = ""
    documentation: str = ""
    file: str = ""
    line: int = 0
    encoding: str = ENCODING  # of an encoded operation


@dataclass(frozen=True, slots=True)
class _End:
    """One message of an operation as its binding puts it into an envelope."""

    body: str
    encoding: str  # "" where it is literal
    headers: tuple[str, ...]
    header_faults: tuple[str, ...]
    attachments: tuple[str, ...]


class BindingReader:
    """Reads every binding once; keeps what was left out and what was odd."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.messages = Messages(definitions.schemas)
        self.skipped = definitions.skipped
        self.notes: list[str] = []

    def skip(self, name: str, binding: str, reason: str, element: Any = None) -> None:
        """Note what is not read."""
        self.skipped.append(Skipped(name, binding, reason, "" if element is None else place(element)))

    def operations(self) -> Iterator[WsdlOperation]:
        """All that can be called; raises ContractUnreadable for a reference that leads nowhere."""
        for binding in self.definitions.bindings():
            name = binding.get("name", "")
            soap_uri = next((uri for uri in VERSIONS if binding.find(f"{uri}binding") is not None), None)
            if soap_uri is None:
                verb = binding.find(f"{HTTP}binding")
                kind = "an unknown protocol" if verb is None else f"HTTP {verb.get('verb', '')}".strip()
                for bound in binding.iterchildren(f"{WSDL}operation"):
                    self.skip(bound.get("name", ""), name, f"is bound to {kind}, not to SOAP", bound)
                continue
            soap = binding.find(f"{soap_uri}binding")
            if soap.get("transport", "").strip() not in TRANSPORTS:
                self.skip("", name, f"the transport {soap.get('transport')} is not HTTP", soap)
                continue
            port_type = self.definitions.find("portType", binding, "type")
            for bound in binding.iterchildren(f"{WSDL}operation"):
                try:
                    yield self._operation(binding, bound, port_type, soap_uri)
                except NotRead as error:
                    self.skip(bound.get("name", ""), name, str(error), bound)

    def _operation(self, binding: Any, bound: Any, port_type: Any, soap_uri: str) -> WsdlOperation:
        name = bound.get("name", "")
        soap = bound.find(f"{soap_uri}operation")
        style = binding.find(f"{soap_uri}binding").get("style", "document")
        style = style if soap is None else soap.get("style", style)
        declared = _declared(bound, port_type)
        asked, answered = declared.find(f"{WSDL}input"), declared.find(f"{WSDL}output")
        if asked is None or (answered is not None and declared.index(answered) < declared.index(asked)):
            raise NotRead("is started by the agency (notification or solicit-response), not by a call")
        request = self._end(bound.find(f"{WSDL}input"), asked, style, soap_uri, name)
        reply = _End("", "", (), (), ())
        if answered is not None:
            reply = self._end(bound.find(f"{WSDL}output"), answered, style, soap_uri, f"{name}Response")
        service, port = next(self.definitions.ports(binding), ("", None))
        address = None if port is None else port.find(f"{soap_uri}address")
        return WsdlOperation(
            name=name,
            action="" if soap is None else soap.get("soapAction", ""),
            style=style,
            is_encoded=bool(request.encoding or reply.encoding),
            request=request.body,
            reply=reply.body,
            headers=request.headers,
            faults=tuple(self._faults(declared, target_namespace(bound), style)),
            soap_version=VERSIONS[soap_uri],
            is_one_way=answered is None,
            reply_headers=reply.headers,
            header_faults=tuple(dict.fromkeys(request.header_faults + reply.header_faults)),
            attachments=request.attachments,
            reply_attachments=reply.attachments,
            addressing_action=next((asked.get(key) for key in _ACTIONS if asked.get(key)), ""),
            binding=binding.get("name", ""),
            service=service,
            port="" if port is None else port.get("name", ""),
            address="" if address is None else address.get("location", ""),
            documentation=_documentation(declared),
            file=file_of(bound),
            line=bound.sourceline or 0,
            encoding=request.encoding or reply.encoding or ENCODING,
        )

    def _end(self, bound: Any, declared: Any, style: str, soap_uri: str, wrapper: str) -> _End:
        message = self.definitions.find("message", declared, "message")
        parts = {part.get("name", ""): part for part in message.iterchildren(f"{WSDL}part")}
        if bound is None:
            return _End(self._body(None, list(parts.values()), style, wrapper, declared, ""), "", (), (), ())
        carrier = bound.find(f"{MIME}multipartRelated/{MIME}part/{soap_uri}body/../..")
        body = bound.find(f".//{soap_uri}body")
        headers = [*bound.iterchildren(f"{soap_uri}header")]
        attachments: list[str] = []
        if carrier is not None:
            headers += carrier.iterfind(f"{MIME}part/{soap_uri}header")
            attachments = [one.get("part", "") for one in carrier.iterfind(f"{MIME}part/{MIME}content")]
        beside = {part for one in headers if (part := self._part_of(one, message))} | set(attachments)
        wanted = None if body is None or body.get("parts") is None else body.get("parts").split()
        if wanted is not None and (unknown := [one for one in wanted if one not in parts]):
            raise unreadable(body, f"names the part {unknown[0]}, which the message has not")
        chosen = (
            [parts[one] for one in wanted]
            if wanted is not None
            else [part for one, part in parts.items() if one not in beside]
        )
        encoding = _encoding(body, soap_uri)
        return _End(
            self._body(body, chosen, style, wrapper, declared, encoding),
            encoding,
            tuple(self._headers(headers)),
            tuple(
                self._headers(
                    [fault for one in headers for fault in one.iterchildren(f"{soap_uri}headerfault")]
                )
            ),
            tuple(dict.fromkeys(attachments)),
        )

    def _body(
        self, body: Any, parts: list[Any], style: str, wrapper: str, declared: Any, encoding: str
    ) -> str:
        uri = None if body is None else body.get("namespace")
        if style == "rpc":
            return self.messages.rpc(target_namespace(declared) if uri is None else uri, wrapper, parts)
        binding = "" if body is None else next(body.iterancestors(f"{WSDL}binding")).get("name", "")
        if encoding:
            return self.messages.encoded(binding, wrapper, parts, uri or "")
        return self.messages.document(binding, wrapper, parts)

    def _part_of(self, header: Any, message: Any) -> str:
        """The part of this message that a header carries, "" where it is another message's."""
        own = header.get("message") and self.definitions.find("message", header, "message") is message
        return str(header.get("part", "")) if own else ""

    def _headers(self, headers: list[Any]) -> Iterator[str]:
        for header in headers:
            message = self.definitions.find("message", header, "message")
            named = header.get("part")
            parts = [one for one in message.iterchildren(f"{WSDL}part") if named in {None, one.get("name")}]
            if not parts:
                raise unreadable(header, f"names the part {named}, which the message has not")
            for part in parts:
                if part.get("element"):
                    yield resolve(part, part.get("element"))
                else:
                    self._note_type(header, "header", part)

    def _faults(self, declared: Any, uri: str, style: str) -> Iterator[str]:
        for fault in declared.iterchildren(f"{WSDL}fault"):
            message = self.definitions.find("message", fault, "message")
            for part in message.iterchildren(f"{WSDL}part"):
                if part.get("element"):
                    yield resolve(part, part.get("element"))
                elif style == "rpc":
                    yield self.messages.fault(uri, part)
                else:
                    self._note_type(part, "fault", part)

    def _note_type(self, element: Any, what: str, part: Any) -> None:
        name = part.get("name")
        self.notes.append(f"{place(element)}: the {what} {name} names a type, not an element; left out")


def _declared(bound: Any, port_type: Any) -> Any:
    """The port type's operation that a binding's refers to; of several, by their messages' names."""
    name = bound.get("name")
    alike = [one for one in port_type.iterchildren(f"{WSDL}operation") if one.get("name") == name]
    if not alike:
        raise unreadable(bound, f"the port type has no operation {name}")
    if len(alike) > 1:
        wanted = _ends(bound)
        alike = [one for one in alike if _ends(one) == wanted] or alike
    return alike[0]


def _ends(operation: Any) -> list[str | None]:
    return [
        None if end is None else end.get("name")
        for end in (operation.find(f"{WSDL}{one}") for one in ("input", "output"))
    ]


def _encoding(body: Any, soap_uri: str) -> str:
    """The encoding of a Body, "" where it is literal; without ``encodingStyle`` that of its SOAP version."""
    if body is None or body.get("use") != "encoded":
        return ""
    styles = body.get("encodingStyle", "").split()
    known = [found for one in styles if (found := _ENCODINGS.get(one.rstrip("/")))]
    if styles and not known:
        raise NotRead(f"uses the encoding {styles[0]}; those of SOAP 1.1 and 1.2 are read")
    return known[0] if known else ENCODING if soap_uri == SOAP else ENCODING_12


def _documentation(element: Any) -> str:
    found = element.find(f"{WSDL}documentation")
    return "" if found is None else " ".join("".join(found.itertext()).split())
