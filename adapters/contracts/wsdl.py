"""WSDL 1.1 to a table of operations and one schema set. Read once, at onboarding; zeep is the tests' oracle.

Document/literal (one element part a body) and rpc/encoded (SOAP 1.1 section 5 and 7) bindings over HTTP.
For rpc, each message gets an element of its own in the schema set, in literal form: see
:mod:`adapters.contracts.encoded`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.contracts import encoded
from adapters.contracts.markup import XSD, clark
from adapters.contracts.schemas import SchemaSet, read_file
from adapters.contracts.violation import ContractUnreadable

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"  # W3C note on the WSDL 1.1 binding for SOAP 1.2
VERSIONS = {SOAP: "1.1", SOAP12: "1.2"}


@dataclass(frozen=True, slots=True)
class WsdlOperation:
    """One operation of a SOAP binding. Names are in Clark notation."""

    name: str
    action: str
    style: str  # "document" or "rpc"
    is_encoded: bool
    request: str  # element in the request's Body
    reply: str  # element in the reply's Body
    headers: tuple[str, ...]
    faults: tuple[str, ...]  # elements that may stand in a Fault's detail
    soap_version: str = "1.1"  # "1.1" or "1.2"


@dataclass(frozen=True, slots=True)
class Wsdl:
    """A compiled WSDL."""

    schemas: SchemaSet
    operations: dict[str, WsdlOperation]
    address: str


def read(path: Path) -> Wsdl:
    """Read a WSDL 1.1 file; raises ContractUnreadable."""
    root = read_file(path, path.parent)
    if root.tag != f"{WSDL}definitions":
        raise ContractUnreadable(path.name, "is not a WSDL 1.1 document")
    schemas = SchemaSet(path.parent)
    for schema in root.iterfind(f"{WSDL}types/{XSD}schema"):
        schemas.add(schema, path)
    reader = _Reader(path.name, root, schemas)
    operations: dict[str, WsdlOperation] = {}
    for operation in reader.operations():  # an operation bound twice: the binding that stands first
        operations.setdefault(operation.name, operation)
    if reader.rpc_parts:
        encoded.add_literal_forms(schemas, reader.rpc_parts)
    ports = (root.find(f"{WSDL}service/{WSDL}port/{uri}address") for uri in VERSIONS)
    address = next((port for port in ports if port is not None), None)
    return Wsdl(schemas, operations, "" if address is None else address.get("location", ""))


class _Reader:
    def __init__(self, file: str, root: Any, schemas: SchemaSet) -> None:
        self.file = file
        self.root = root
        self.schemas = schemas
        self.uri = root.get("targetNamespace", "")
        self.messages = {message.get("name"): message for message in root.iterfind(f"{WSDL}message")}
        self.rpc_parts: dict[str, list[Any]] = {}  # element -> its parts

    def operations(self) -> list[WsdlOperation]:
        found = []
        for binding in self.root.iterfind(f"{WSDL}binding"):
            uri = next((uri for uri in VERSIONS if binding.find(f"{uri}binding") is not None), None)
            if uri is None:
                continue
            port = self._named("portType", binding.get("type"))
            style = binding.find(f"{uri}binding").get("style", "document")
            for bound in binding.iterfind(f"{WSDL}operation"):
                found.append(self._operation(bound, port, style, uri))
        if not found:
            raise ContractUnreadable(self.file, "has no SOAP binding")
        return found

    def _operation(self, bound: Any, port: Any, style: str, soap_uri: str) -> WsdlOperation:
        name = bound.get("name")
        soap = bound.find(f"{soap_uri}operation")
        style = style if soap is None else soap.get("style", style)
        declared = next((one for one in port.iterfind(f"{WSDL}operation") if one.get("name") == name), None)
        if declared is None:
            raise ContractUnreadable(
                self.file, f"the port type has no operation {name}", line=bound.sourceline
            )
        body = bound.find(f"{WSDL}input/{soap_uri}body")
        is_encoded = body is not None and body.get("use") == "encoded"
        uri = (body.get("namespace") if body is not None else None) or self.uri
        ends = {}
        for end, wrapper in (("input", name), ("output", f"{name}Response")):
            parts = self._parts(declared.find(f"{WSDL}{end}").get("message"))
            ends[end] = self._body(parts, style, f"{{{uri}}}{wrapper}")
        return WsdlOperation(
            name,
            "" if soap is None else soap.get("soapAction", ""),
            style,
            is_encoded,
            ends["input"],
            ends["output"],
            tuple(
                element
                for header in bound.iterfind(f"{WSDL}input/{soap_uri}header")
                for element in self._elements(header.get("message"))
            ),
            tuple(self._faults(declared, uri)),
            VERSIONS[soap_uri],
        )

    def _faults(self, declared: Any, uri: str) -> list[str]:
        elements = []
        for fault in declared.iterfind(f"{WSDL}fault"):
            for part in self._parts(fault.get("message")):
                if part.get("element"):
                    elements.append(clark(part, part.get("element")))
                else:
                    element = f"{{{uri}}}{part.get('name')}"
                    self.rpc_parts.setdefault(element, [part])
                    elements.append(element)
        return elements

    def _body(self, parts: list[Any], style: str, wrapper: str) -> str:
        if style == "rpc":
            self.rpc_parts[wrapper] = parts
            return wrapper
        elements = [clark(part, part.get("element")) for part in parts if part.get("element")]
        if len(elements) != 1:
            raise ContractUnreadable(self.file, "a document body must have one element part")
        return elements[0]

    def _elements(self, message: str) -> list[str]:
        return [clark(part, part.get("element")) for part in self._parts(message) if part.get("element")]

    def _parts(self, message: str) -> list[Any]:
        name = message.rpartition(":")[2]
        if name not in self.messages:
            raise ContractUnreadable(self.file, f"there is no message {name}")
        return list(self.messages[name].iterfind(f"{WSDL}part"))

    def _named(self, kind: str, name: str) -> Any:
        bare = name.rpartition(":")[2]
        for found in self.root.iterfind(f"{WSDL}{kind}"):
            if found.get("name") == bare:
                return found
        raise ContractUnreadable(self.file, f"there is no {kind} {bare}")
