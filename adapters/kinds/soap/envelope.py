"""SOAP envelopes: 1.1 (W3C note of 8 May 2000) and 1.2 (second edition, 27 April 2007).

Written as text, read as elements. A received envelope has one Body, at most one Header, and nothing else.
"""

from dataclasses import dataclass
from typing import Any

from adapters.contracts.markup import clark, local, parse
from adapters.contracts.violation import Violation


class Version:
    """One version of SOAP: its names, and how it is carried over HTTP."""

    def __init__(self, number: str, uri: str, media_type: str) -> None:
        self.number = number
        self.uri = uri
        self.media_type = media_type
        self.envelope, self.header, self.body, self.fault = (
            f"{{{uri}}}{name}" for name in ("Envelope", "Header", "Body", "Fault")
        )

    def http_headers(self, action: str) -> dict[str, str]:
        """What names the message and its action: 1.1 section 6.1.1; 1.2 part 2, appendix A."""
        if self.number == "1.1":
            return {"Content-Type": f"{self.media_type}; charset=utf-8", "SOAPAction": f'"{action}"'}
        named = f'; action="{action}"' if action else ""
        return {"Content-Type": f"{self.media_type}; charset=utf-8{named}"}


SOAP_11 = Version("1.1", "http://schemas.xmlsoap.org/soap/envelope/", "text/xml")
SOAP_12 = Version("1.2", "http://www.w3.org/2003/05/soap-envelope", "application/soap+xml")
VERSIONS = {"1.1": SOAP_11, "1.2": SOAP_12}
NS, HEADER, BODY = SOAP_11.uri, SOAP_11.header, SOAP_11.body
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMES = {version.envelope: version for version in VERSIONS.values()}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A received envelope. ``header`` is None where there is none."""

    version: Version
    root: Any
    header: Any
    body: Any


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A Fault (1.1 section 4.4; 1.2 part 1 section 5.4).

    ``code`` is its code without prefix, ``subcodes`` the Clark names below it (1.2), ``detail`` the first
    element of its detail, None where there is none.
    """

    code: str
    text: str
    detail: Any
    subcodes: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """True where the message itself was at fault (Client, Sender): sending it again does not help."""
        return self.code.partition(".")[0] in {"Client", "Sender"}

    @property
    def names(self) -> tuple[str, ...]:
        """The codes by local name, the most special first."""
        return (*(local(name) for name in reversed(self.subcodes)), self.code)


def write(version: Version, declarations: str, header: str, body: str) -> bytes:
    """An envelope around a body element's text; ``declarations`` are its namespaces."""
    block = f"<soap:Header>{header}</soap:Header>" if header else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soap:Envelope xmlns:soap="{version.uri}"{declarations}>{block}'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def open_envelope(received: bytes) -> Envelope:
    """Take a received envelope apart; raises Violation."""
    root = parse(received)
    version = _NAMES.get(root.tag)
    if version is None:
        raise Violation(f"the document is {local(root.tag)}, not a SOAP envelope", line=root.sourceline)
    parts = list(root)
    names = [part.tag for part in parts]
    if names[-1:] != [version.body] or names[:-1] not in ([], [version.header]):
        raise Violation("an envelope holds one Header, or none, and one Body", line=root.sourceline)
    return Envelope(version, root, parts[0] if len(parts) == 2 else None, parts[-1])


def read(received: bytes, version: Version = SOAP_11) -> Any:
    """The Body of a received envelope of that version, which must hold something; raises Violation."""
    return content_of(open_envelope(received), version)


def content_of(envelope: Envelope, version: Version, *, may_be_empty: bool = False) -> Any:
    """The Body of an envelope of that version, which must hold something; raises Violation."""
    if envelope.version is not version:
        raise Violation(
            f"the answer is a SOAP {envelope.version.number} envelope, not {version.number}",
            line=envelope.root.sourceline,
        )
    if len(envelope.body) == 0 and not may_be_empty:
        raise Violation("the envelope has no body", line=envelope.root.sourceline)
    return envelope.body


def insist_on_understanding(envelope: Envelope, understood: frozenset[str]) -> None:
    """Raise Violation for a header that must be understood and is not (1.1 section 4.2.3, 1.2 section 5.2.3).

    ``understood`` are namespaces.
    """
    for block in envelope.header if envelope.header is not None else ():
        must = block.get(f"{{{envelope.version.uri}}}mustUnderstand", "0").strip()
        if must in {"1", "true"} and str(block.tag)[1:].partition("}")[0] not in understood:
            raise Violation(
                f"the header {local(block.tag)} must be understood, and is not", line=block.sourceline
            )


def fault(body: Any) -> SoapFault | None:
    """The Fault of a Body, None where the operation succeeded."""
    if len(body) == 0:
        return None
    element = body[0]
    if element.tag == SOAP_11.fault:
        code = (element.findtext("faultcode") or "").strip().rpartition(":")[2]
        return SoapFault(
            code, (element.findtext("faultstring") or "").strip(), _first(element.find("detail"))
        )
    if element.tag == SOAP_12.fault:
        return _newer(element)
    return None


def _newer(element: Any) -> SoapFault:
    name = f"{{{SOAP_12.uri}}}"
    code = element.find(f"{name}Code")
    value = "" if code is None else (code.findtext(f"{name}Value") or "").strip()
    reasons = element.findall(f"{name}Reason/{name}Text")
    english = [one for one in reasons if one.get(LANG, "").lower().startswith("en")]
    text = next(((one.text or "").strip() for one in [*english, *reasons]), "")
    detail = _first(element.find(f"{name}Detail"))
    return SoapFault(value.rpartition(":")[2], text, detail, tuple(_subcodes(code, name)))


def _subcodes(code: Any, name: str) -> list[str]:
    found = []
    while code is not None and (code := code.find(f"{name}Subcode")) is not None:
        value = code.find(f"{name}Value")
        if value is not None and value.text:
            try:
                found.append(clark(value, value.text))
            except KeyError as error:
                raise Violation(f"the prefix {error} of a fault's code is not declared") from error
    return found


def _first(detail: Any) -> Any:
    return detail[0] if detail is not None and len(detail) else None
