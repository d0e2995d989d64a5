"""SOAP 1.1 envelopes (W3C note of 8 May 2000): written as text, read as elements."""

from dataclasses import dataclass
from typing import Any

from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation

NS = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE, HEADER, BODY, FAULT = (f"{{{NS}}}{name}" for name in ("Envelope", "Header", "Body", "Fault"))
CONTENT_TYPE = "text/xml; charset=utf-8"  # section 6


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A Fault (section 4.4). ``detail`` is the first element of its detail, None where there is none."""

    code: str
    text: str
    detail: Any

    @property
    def is_ours(self) -> bool:
        """True for Client faults: the message itself was at fault, sending it again does not help."""
        return self.code.partition(".")[0] == "Client"


def write(declarations: str, header: str, body: str) -> bytes:
    """An envelope around a body element's text; ``declarations`` are its namespaces."""
    block = f"<soap:Header>{header}</soap:Header>" if header else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soap:Envelope xmlns:soap="{NS}"{declarations}>{block}<soap:Body>{body}</soap:Body></soap:Envelope>'
    ).encode()


def read(received: bytes) -> Any:
    """The Body of a received envelope; raises Violation."""
    root = parse(received)
    if root.tag != ENVELOPE:
        raise Violation(f"the document is {local(root.tag)}, not a SOAP 1.1 envelope", line=root.sourceline)
    body = root.find(BODY)
    if body is None or len(body) == 0:
        raise Violation("the envelope has no body", line=root.sourceline)
    return body


def fault(body: Any) -> SoapFault | None:
    """The Fault of a Body, None where the operation succeeded."""
    element = body[0]
    if element.tag != FAULT:
        return None
    code = (element.findtext("faultcode") or "").strip().rpartition(":")[2]
    detail = element.find("detail")
    first = detail[0] if detail is not None and len(detail) else None
    return SoapFault(code, (element.findtext("faultstring") or "").strip(), first)
