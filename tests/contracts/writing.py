"""Small contracts in folders of their own, written in the words of their formats."""

from pathlib import Path

NAMESPACES = """xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
 xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/"
 xmlns:t="urn:t" targetNamespace="urn:t" """
HTTP = 'transport="http://schemas.xmlsoap.org/soap/http"'


def write(folder: Path, **files: str) -> Path:
    """Write files (``a_xsd`` is a.xsd, ``d__a_xsd`` is d/a.xsd) and return the folder."""
    for name, text in files.items():
        stem, _, ending = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def schema(content: str, uri: str = "", attributes: str = "") -> str:
    """A schema document; its own namespace has the prefix ``o``."""
    own = f'xmlns:o="{uri}" targetNamespace="{uri}"' if uri else ""
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {own} {attributes}>{content}</xs:schema>'


def definitions(content: str, types: str = "", attributes: str = "") -> str:
    """A WSDL document of ``urn:t``."""
    inside = f"<types>{types}</types>" if types else ""
    return f"<definitions {NAMESPACES} {attributes}>{inside}{content}</definitions>"


def operation(name: str, asked: str, answered: str, *, more: str = "") -> str:
    """An operation of a port type."""
    output = f'<output message="t:{answered}"/>' if answered else ""
    return f'<operation name="{name}"><input message="t:{asked}"/>{output}{more}</operation>'


def message(name: str, *parts: str) -> str:
    """A message; a part is ``name element=t:x`` or ``name type=xs:string``."""
    inside = ""
    for part in parts:
        own, reference = part.split(" ")
        kind, _, target = reference.partition("=")
        inside += f'<part name="{own}" {kind}="{target}"/>'
    return f'<message name="{name}">{inside}</message>'


def binding(
    name: str, port_type: str, operations: str, *, soap: str = "soap", style: str = "document"
) -> str:
    """A SOAP binding over HTTP."""
    head = f'<{soap}:binding style="{style}" {HTTP}/>'
    return f'<binding name="{name}" type="t:{port_type}">{head}{operations}</binding>'


def bound(
    name: str, *, soap: str = "soap", body: str = 'use="literal"', more: str = "", reply: str = ""
) -> str:
    """An operation of a binding; ``more`` and ``reply`` stand beside the Body of request and reply."""
    output = f"<output><{soap}:body {body}/>{reply}</output>"
    action = f'<{soap}:operation soapAction="urn:t:{name}"/>'
    return f'<operation name="{name}">{action}<input><{soap}:body {body}/>{more}</input>{output}</operation>'


def service(**ports: str) -> str:
    """A service; a port is ``name="Binding soap"``."""
    inside = ""
    for name, port in ports.items():
        own, _, soap = port.partition(" ")
        address = f'<{soap or "soap"}:address location="http://agency.example/{name}"/>'
        inside += f'<port name="{name}" binding="t:{own}">{address}</port>'
    return f'<service name="S">{inside}</service>'


ELEMENTS = schema(
    '<xs:element name="Ask" type="xs:string"/><xs:element name="Answer" type="xs:int"/>'
    '<xs:element name="Wrong" type="xs:string"/><xs:element name="Key" type="xs:string"/>',
    "urn:t",
)
MESSAGES = message("In", "p element=t:Ask") + message("Out", "p element=t:Answer")
PORT_TYPE = f'<portType name="P">{operation("Get", "In", "Out")}</portType>'
