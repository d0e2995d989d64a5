"""A WSDL served: SOAP 1.1 and 1.2, all styles and uses, signed, addressed, with attachments."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from lxml import etree

from adapters.contracts import bodies
from adapters.contracts.markup import local, namespace, parse
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples import soap
from adapters.samples.contract import XmlContract
from adapters.samples.source import SoapSource
from adapters.simulator import addressing, documents, parts
from adapters.simulator.answering import Answer, Answered, Call, Judge, Refusal, Script, Seal, said
from adapters.simulator.message_security import MessageSecurity
from adapters.simulator.server import Request, Response
from adapters.wss.names import WSSE, WSU_ID
from adapters.wss.refused import SecurityRefused

_VERSIONS = {uri: version for version, uri in soap.ENVELOPES.items()}
TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
# Headers that are understood, or taken for it where no security is demanded.
_UNDERSTOOD = ("http://docs.oasis-open.org/wss/", *addressing.NAMESPACES)


class SoapService:
    """Serves the operations of one WSDL.

    ``judge`` checks messages in place of the contract's own validator, ``security`` admits requests and signs
    answers; with ``mtom`` documents always travel as parts; ``path`` is the one address there is ("": any).
    """

    protocol = "SOAP"

    def __init__(
        self,
        source: SoapSource,
        *,
        judge: Judge | None = None,
        security: MessageSecurity | None = None,
        mtom: bool = False,
        path: str = "",
    ) -> None:
        self.contract: XmlContract = source.xml
        self.operations = source.wsdl.operations
        self.files = source.files
        self.path = path
        self._version = next((one.soap_version for one in self.operations.values()), "1.1")
        self._judge = judge or self.contract.validator.check
        self._security = security
        self._mtom = mtom
        self._binary = parts.binary_names(source.wsdl.schemas)

    def document(self, request: Request, address: str) -> Response | None:
        """The WSDL at ``?wsdl``, with its address rewritten; its schemas by their names, or at ``?xsd``."""
        return documents.answer(self.files, request, address)

    def open(self, request: Request, script: Script) -> Call | Answered:
        """The operation that an envelope calls; what is none gets a Client or Sender fault."""
        if request.method != "POST" or (self.path and request.path != self.path):
            text = (
                f"SOAP is posted to {self.path or '/'}. Operations: {', '.join(self.operations)}\n".encode()
            )
            status = 404 if self.path else 405
            headers = {} if self.path else {"Allow": "POST"}
            return Answered(Response(status, text, "text/plain; charset=utf-8", headers), "")
        version, root = self._version, None
        seal = self._security.unproven() if self._security else None
        try:
            root = parse(parts.assembled(request))
            version = _VERSIONS.get(namespace(root.tag), "")
            if local(root.tag) != "Envelope" or not version:
                version = self._version
                raise Violation(f"the document is {local(root.tag)}, not a SOAP envelope")
            self._insist_on_body(root, version)
            seal = self._security.admit(root) if self._security else None
        except Violation as error:
            return self._refused(version, request, root, Refusal(said(error)), "unreadable", seal)
        except SecurityRefused as refused:
            refusal = Refusal(refused.message, code=f"{{{WSSE}}}{refused.code}")
            return self._refused(version, request, root, refusal, "refused", seal)
        try:
            found = self._operation(root, version, request.header("SOAPAction").strip('"'))
        except Violation as error:
            refusal = script.objection(None, error) or Refusal(said(error))
            return self._refused(version, request, root, refusal, "unreadable", seal)
        body = root.find(f"{{{soap.ENVELOPES[version]}}}Body")
        header = root.find(f"{{{soap.ENVELOPES[version]}}}Header")
        blocks = {} if header is None else {str(block.tag): block for block in header}
        content = body[0] if len(body) else None
        call = Call(found.name, request, content, blocks, root=root, seal=seal)
        return replace(call, key=script.key(call))

    def carry_out(self, call: Call, script: Script) -> Answered:
        """Check against the contract, answer, and put the answer into an envelope."""
        operation = self.operations[call.operation]
        try:
            try:
                self._check_headers(call, operation)
                call = replace(call, content=self._checked(call, operation))
            except Violation as error:
                raise script.objection(call, error) or Refusal(said(error)) from error
            answer = script.answer(call)
            return self._written(call, operation, answer)
        except Refusal as refusal:
            answered = self._refused(
                operation.soap_version, call.request, call.root, refusal, operation.name, call.seal
            )
            return replace(answered, delay_ms=refusal.delay_ms)

    def seal(self) -> Seal | None:
        """What signs a message that the agency sends by itself; None where it signs nothing."""
        return self._security.seal() if self._security is not None else None

    def documents_of(self, content: Any) -> frozenset[str]:
        """Clark names of the documents in a message of the agency's own that travel as parts."""
        names = self._binary if self._mtom else frozenset()
        return frozenset(one.tag for one in content.iter() if one.tag in names and one.text)

    def _insist_on_body(self, root: Any, version: str) -> None:
        body = root.find(f"{{{soap.ENVELOPES[version]}}}Body")
        if body is None:
            raise Violation("the envelope has no body", line=root.sourceline)
        may_be_empty = any(not one.request or bodies.is_bare(one.request) for one in self.operations.values())
        if len(body) == 0 and not may_be_empty:
            names = ", ".join(sorted(self.operations))
            raise Violation(f"no operation takes an empty body; there is: {names}", line=body.sourceline)

    def _operation(self, root: Any, version: str, action: str) -> WsdlOperation:
        body = root.find(f"{{{soap.ENVELOPES[version]}}}Body")
        tag = body[0].tag if len(body) else ""
        known = self.operations.values()
        found = [one for one in known if bodies.on_the_wire(one.request) == tag]
        found = found or self._bare(body, action)
        same = [one for one in found if one.soap_version == version] or found
        exact = [one for one in same if action and one.action == action] or same
        if not exact:
            names = ", ".join(sorted(self.operations))
            raise Violation(
                f"no operation takes {local(tag) or 'an empty body'}; there is: {names}", line=body.sourceline
            )
        if exact[0].soap_version != version:
            raise Violation(f"{exact[0].name} is bound to SOAP {exact[0].soap_version}, not {version}")
        return exact[0]

    def _bare(self, body: Any, action: str) -> list[WsdlOperation]:
        """Operations without an element of their own: of that action, else those whose schema agrees."""
        bare = [one for one in self.operations.values() if bodies.is_bare(one.request)]
        named = [one for one in bare if action and one.action == action]
        return named or [one for one in bare if self._fits(body, one)] or bare[: len(bare) == 1]

    def _fits(self, body: Any, operation: WsdlOperation) -> bool:
        try:
            self._judge(_content(body, operation))
        except Violation:
            return False
        return True

    def _check_headers(self, call: Call, operation: WsdlOperation) -> None:
        uri = soap.ENVELOPES[operation.soap_version]
        for name in operation.headers:
            if name not in call.headers:
                line = call.root.sourceline
                raise Violation(f"the header {local(name)} is missing", path=local(name), line=line)
            self._judge(_unmarked(call.headers[name]))
        for name, block in call.headers.items():
            must = block.get(f"{{{uri}}}mustUnderstand") in {"1", "true"}
            if must and name not in operation.headers and not namespace(name).startswith(_UNDERSTOOD):
                raise Violation(
                    f"the header {local(name)} must be understood, and is not", line=block.sourceline
                )

    def _checked(self, call: Call, operation: WsdlOperation) -> Any:
        """The content as the contract has it; what travels in another form is a copy."""
        if not operation.request:
            return None
        content = call.content
        if operation.is_encoded or content is None or content.tag != operation.request:
            content = _content(call.root.find(f"{{{soap.ENVELOPES[operation.soap_version]}}}Body"), operation)
        self._judge(content)
        return content

    def _written(self, call: Call, operation: WsdlOperation, answer: Answer) -> Answered:
        media_type = TYPES[operation.soap_version]
        if answer.raw is not None:
            response = Response(answer.status or 200, answer.raw, media_type)
            return Answered(response, operation.name, answer.note, answer.delay_ms)
        if answer.content is None and (operation.is_one_way or operation.reply):
            note = "taken, nothing to answer yet" if operation.reply else "taken, nothing to answer"
            return Answered(Response(202, b"", media_type), operation.name, note, answer.delay_ms)
        body = answer.content if isinstance(answer.content, list) else [answer.content]
        body = [one for one in body if one is not None]
        if not operation.is_encoded:
            for one in body:
                self._judge(one)
        headers = [self.contract.sample(name) for name in operation.reply_headers]
        envelope = soap.envelope(operation.soap_version, headers, body)
        response = self._response(answer.status or 200, envelope, operation.soap_version, call)
        return Answered(response, operation.name, answer.note, answer.delay_ms)

    def _refused(
        self,
        version: str,
        request: Request,
        root: Any,
        refusal: Refusal,
        operation: str,
        seal: Seal | None = None,
    ) -> Answered:
        """A fault: the sender's, unless its code says otherwise."""
        element = soap.fault(version, refusal.content, refusal.text, code=refusal.code)
        status = refusal.status or (500 if version == "1.1" else 400)  # SOAP 1.2 part 2, 7.5.2.2
        asked = Call(operation, request, root=root, seal=seal)
        return Answered(
            self._response(status, element, version, asked), operation, f"refused: {refusal.text}"
        )

    def _response(self, status: int, envelope: Any, version: str, call: Call) -> Response:
        """Addressed and signed as the request was; base64 as parts where the request speaks of parts."""
        if call.root is not None:
            addressing.relate(envelope, call.root)
        body = bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))
        seal = call.seal
        names = self._binary if self._mtom or parts.is_spoken(call.request) else frozenset()
        if not any(one.tag in names and one.text for one in envelope.iter()):
            return Response(status, body, TYPES[version], seal=seal)
        media_type, packed = parts.packing(names, TYPES[version])
        return Response(
            status, body, media_type, seal=lambda text: packed(seal(text) if seal is not None else text)
        )


def _content(body: Any, operation: WsdlOperation) -> Any:
    """The request's element from a copy of a Body."""
    copy = deepcopy(body.getparent())
    return bodies.read(copy[-1], operation.request, is_encoded=operation.is_encoded)


def _unmarked(block: Any) -> Any:
    """A header without the mark that a signature knows it by."""
    if block.get(WSU_ID) is None:
        return block
    copy = deepcopy(block)
    del copy.attrib[WSU_ID]
    return copy
