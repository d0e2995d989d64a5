"""Bindings of a WSDL to operations: what stands in Body, Header and Fault of each message."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.contracts.definitions import WSDL, Definitions, Skipped, place, target_namespace
from adapters.contracts.namespaces import file_of, joined, resolve, unreadable

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
_SOAP12_ENCODING = "http://www.w3.org/2003/05/soap-encoding"


@dataclass(frozen=True, slots=True)
class WsdlOperation:
    """One operation of a SOAP binding. Names are in Clark notation, "" for a Body without an element."""

    name: str
    action: str
    style: str  # "document" or "rpc"
    is_encoded: bool
    request: str  # element in the request's Body
    reply: str  # element in the reply's Body; "" where nothing is answered or the Body is empty
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


class _NotRead(Exception):
    """An operation that is left out, with the reason; the others are read."""


@dataclass(frozen=True, slots=True)
class _End:
    """One message of an operation as its binding puts it into an envelope."""

    body: str
    is_encoded: bool
    headers: tuple[str, ...]
    header_faults: tuple[str, ...]
    attachments: tuple[str, ...]


class BindingReader:
    """Reads every binding once; keeps what was left out and what was odd."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.rpc_parts: dict[str, list[Any]] = {}  # element -> its parts
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
                except _NotRead as error:
                    self.skip(bound.get("name", ""), name, str(error), bound)

    def _operation(self, binding: Any, bound: Any, port_type: Any, soap_uri: str) -> WsdlOperation:
        name = bound.get("name", "")
        soap = bound.find(f"{soap_uri}operation")
        style = binding.find(f"{soap_uri}binding").get("style", "document")
        style = style if soap is None else soap.get("style", style)
        declared = _declared(bound, port_type)
        asked, answered = declared.find(f"{WSDL}input"), declared.find(f"{WSDL}output")
        if asked is None or (answered is not None and declared.index(answered) < declared.index(asked)):
            raise _NotRead("is started by the agency (notification or solicit-response), not by a call")
        request = self._end(bound.find(f"{WSDL}input"), asked, style, soap_uri, name)
        reply = _End("", False, (), (), ())
        if answered is not None:
            reply = self._end(bound.find(f"{WSDL}output"), answered, style, soap_uri, f"{name}Response")
        service, port = next(self.definitions.ports(binding), ("", None))
        address = None if port is None else port.find(f"{soap_uri}address")
        return WsdlOperation(
            name=name,
            action="" if soap is None else soap.get("soapAction", ""),
            style=style,
            is_encoded=request.is_encoded or reply.is_encoded,
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
        )

    def _end(self, bound: Any, declared: Any, style: str, soap_uri: str, wrapper: str) -> _End:
        message = self.definitions.find("message", declared, "message")
        parts = {part.get("name", ""): part for part in message.iterchildren(f"{WSDL}part")}
        if bound is None:
            return _End(self._body(None, list(parts.values()), style, wrapper, declared), False, (), (), ())
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
        return _End(
            self._body(body, chosen, style, wrapper, declared),
            body is not None and body.get("use") == "encoded",
            tuple(self._headers(headers)),
            tuple(
                self._headers(
                    [fault for one in headers for fault in one.iterchildren(f"{soap_uri}headerfault")]
                )
            ),
            tuple(dict.fromkeys(attachments)),
        )

    def _body(self, body: Any, parts: list[Any], style: str, wrapper: str, declared: Any) -> str:
        is_encoded = body is not None and body.get("use") == "encoded"
        if is_encoded and _SOAP12_ENCODING in body.get("encodingStyle", ""):
            raise _NotRead("uses the SOAP 1.2 encoding; use the SOAP 1.1 or a literal port of the service")
        if style == "rpc":
            uri = None if body is None else body.get("namespace")
            return self._rpc(joined(target_namespace(declared) if uri is None else uri, wrapper), parts)
        if is_encoded:
            raise _NotRead("is document/encoded, which no profile defines")
        if not parts:
            return ""
        if any(not part.get("element") for part in parts):
            raise _NotRead("has a document body whose part names a type, not an element (WS-I BP R2204)")
        if len(parts) > 1:
            raise _NotRead(f"has a document body of {len(parts)} parts; one is allowed (WS-I BP R2201)")
        return resolve(parts[0], parts[0].get("element"))

    def _rpc(self, element: str, parts: list[Any]) -> str:
        known = self.rpc_parts.get(element)
        if known is None and self.definitions.schemas.find("element", element) is not None:
            raise _NotRead(f"its wrapper {element} is also declared by a schema")
        if known is not None and _shape(known) != _shape(parts):
            raise _NotRead(f"its wrapper {element} has other parts in another operation")
        self.rpc_parts[element] = parts
        return element

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
                    element = joined(uri, part.get("name", ""))
                    if self.definitions.schemas.find("element", element) is None:
                        self.rpc_parts.setdefault(element, [part])
                    yield element
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


def _shape(parts: list[Any]) -> list[tuple[str, str]]:
    named = [(part, part.get("element") or part.get("type")) for part in parts]
    return [(part.get("name", ""), resolve(part, name) if name else "") for part, name in named]


def _documentation(element: Any) -> str:
    found = element.find(f"{WSDL}documentation")
    return "" if found is None else " ".join("".join(found.itertext()).split())
