"""A WSDL served: SOAP 1.1 and 1.2, document and rpc, literal and encoded."""

from dataclasses import replace
from typing import Any

from lxml import etree

from adapters.contracts import encoded
from adapters.contracts.markup import local, namespace, parse
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples import soap
from adapters.samples.cli import fault_named
from adapters.samples.contract import XmlContract
from adapters.samples.source import SoapSource
from adapters.simulator import xml_answers
from adapters.simulator.answering import Answered, said, seed_of
from adapters.simulator.script import PLAIN, Pinned, Script
from adapters.simulator.server import Request, Response

_VERSIONS = {uri: version for version, uri in soap.ENVELOPES.items()}
_TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
FILE = "the bytes of a file"
_ADDRESSING = ("http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing")
# Headers that are taken for understood without being checked: security and addressing are tried elsewhere.
_UNDERSTOOD = ("http://docs.oasis-open.org/wss/", *_ADDRESSING)


class SoapService:
    """Answers the operations of one WSDL."""

    protocol = "SOAP"

    def __init__(self, source: SoapSource, script: Script, seed: int) -> None:
        self.contract: XmlContract = source.xml
        self.operations = source.wsdl.operations
        self.script = script
        self.seed = seed

    def answer(self, request: Request, *, refuse: bool) -> Answered:
        """One envelope in, one out; what breaks the contract gets a Client fault with line and reason."""
        if request.method != "POST":
            text = f"SOAP is posted. Operations: {', '.join(self.operations)}\n".encode()
            return Answered(Response(405, text, "text/plain; charset=utf-8", {"Allow": "POST"}), "")
        try:
            root = parse(request.body)
        except Violation as error:
            return self._refused("1.1", "", said(error))
        version = _VERSIONS.get(namespace(root.tag), "")
        if local(root.tag) != "Envelope" or not version:
            return self._refused("1.1", "", f"the document is {local(root.tag)}, not a SOAP envelope")
        try:
            operation, content = self._operation(root, version, request.header("SOAPAction").strip('"'))
            self._check_headers(root, operation)
            content = self._checked(root, content, operation)
        except Violation as error:
            return self._refused(version, "", said(error))
        return _related(self._reply(operation, content, refuse), root)

    def _operation(self, root: Any, version: str, action: str) -> tuple[WsdlOperation, Any]:
        body = root.find(f"{{{soap.ENVELOPES[version]}}}Body")
        if body is None:
            raise Violation("the envelope has no body", line=root.sourceline)
        content = body[0] if len(body) else None
        tag = "" if content is None else content.tag
        found = [one for one in self.operations.values() if one.request == tag]
        same = [one for one in found if one.soap_version == version] or found
        exact = [one for one in same if action and one.action == action] or same
        if not exact:
            names = ", ".join(sorted(self.operations))
            raise Violation(
                f"no operation takes {local(tag) or 'an empty body'}; there is: {names}", line=body.sourceline
            )
        if exact[0].soap_version != version:
            raise Violation(f"{exact[0].name} is bound to SOAP {exact[0].soap_version}, not {version}")
        return exact[0], content

    def _check_headers(self, root: Any, operation: WsdlOperation) -> None:
        uri = soap.ENVELOPES[operation.soap_version]
        header = root.find(f"{{{uri}}}Header")
        blocks = {} if header is None else {block.tag: block for block in header}
        for name in operation.headers:
            if name not in blocks:
                raise Violation(f"the header {local(name)} is missing", line=root.sourceline)
            self.contract.validator.check(blocks[name])
        for name, block in blocks.items():
            must = block.get(f"{{{uri}}}mustUnderstand") in {"1", "true"}
            if must and name not in operation.headers and not namespace(name).startswith(_UNDERSTOOD):
                raise Violation(
                    f"the header {local(name)} must be understood, and is not", line=block.sourceline
                )

    def _checked(self, root: Any, content: Any, operation: WsdlOperation) -> Any:
        if content is None:
            return None
        if operation.is_encoded:
            encoded.literal(content, encoded.referable(content.getparent()))
        self.contract.validator.check(content)
        return content

    def _reply(self, operation: WsdlOperation, content: Any, refuse: bool) -> Answered:
        known = {} if content is None else xml_answers.texts(content)
        rule = self.script.rule(operation.name, known)
        answered = self._ruled(operation, content, known, rule, refuse)
        return replace(answered, delay_ms=rule.delay_ms)

    def _ruled(
        self, operation: WsdlOperation, content: Any, known: dict[str, str], rule: Pinned, refuse: bool
    ) -> Answered:
        asked = b"" if content is None else etree.tostring(content, method="c14n")
        seed = seed_of(self.seed, operation.name.encode(), asked)
        if rule.content is not None:
            status = rule.status or 200
            return Answered(
                Response(status, rule.content, _TYPES[operation.soap_version]), operation.name, FILE
            )
        if refuse or rule.fault:
            return self._fault(operation, known, rule, seed)
        if operation.is_one_way:
            return Answered(Response(202, b""), operation.name, "taken, nothing to answer")
        body = []
        if operation.reply:
            made = xml_answers.answer(self.contract, operation.reply, known, rule, seed)
            body = [soap.on_the_wire(self.contract, operation, made)]
        headers = [self.contract.sample(name, seed=seed) for name in operation.reply_headers]
        sent = _bytes(soap.envelope(operation.soap_version, headers, body))
        note = "" if rule is PLAIN else "pinned"
        return Answered(Response(200, sent, _TYPES[operation.soap_version]), operation.name, note)

    def _fault(self, operation: WsdlOperation, known: dict[str, str], rule: Pinned, seed: int) -> Answered:
        names = [fault_named(operation, rule.fault)] if rule.fault else list(operation.faults[:1])
        details = [xml_answers.answer(self.contract, name, known, rule, seed) for name in names]
        text = f"refused: {local(names[0])}" if names else "refused, as the simulator was told"
        element = soap.fault(operation, details[0] if details else None, text, is_ours=bool(names))
        return Answered(
            Response(500, _bytes(element), _TYPES[operation.soap_version]), operation.name, f"fault {text}"
        )

    def _refused(self, version: str, operation: str, reason: str) -> Answered:
        any_operation = WsdlOperation("", "", "document", False, "", "", (), (), soap_version=version)
        element = soap.fault(any_operation, None, reason)
        status = 500 if version == "1.1" else 400  # SOAP 1.2 part 2, 7.5.2.2
        return Answered(Response(status, _bytes(element), _TYPES[version]), operation, f"refused: {reason}")


def _related(answered: Answered, asked: Any) -> Answered:
    """The same answer; where the request has a WS-Addressing MessageID, with what it relates to."""
    name = next(
        (one for one in asked.iterfind("./{*}Header/{*}MessageID") if namespace(one.tag) in _ADDRESSING), None
    )
    if name is None or answered.note == FILE or not answered.response.body:
        return answered
    root = parse(answered.response.body)
    header = root.find("{*}Header")
    if header is None:
        header = etree.Element(f"{{{namespace(root.tag)}}}Header")
        root.insert(0, header)
    uri = namespace(name.tag)
    action = (asked.findtext(f"./{{*}}Header/{{{uri}}}Action") or "").strip()
    etree.SubElement(header, f"{{{uri}}}Action", nsmap={"wsa": uri}).text = f"{action}Response"
    etree.SubElement(header, f"{{{uri}}}RelatesTo").text = (name.text or "").strip()
    return replace(answered, response=replace(answered.response, body=_bytes(root)))


def _bytes(element: Any) -> bytes:
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8"))
