"""One SOAP operation, compiled: what it writes, what it checks, what it reads."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from adapters.contracts import bodies, encoded, outline
from adapters.contracts.markup import Validator, local, namespace
from adapters.contracts.outline import Node
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import Wsdl, WsdlOperation
from adapters.kinds.soap import envelope, mtom
from adapters.kinds.soap.envelope import VERSIONS, Envelope, Version
from adapters.mapping import report
from adapters.mapping.paths import head
from adapters.mapping.plan import Plan, locate
from adapters.mapping.rules import MappingWrong, RuleBook, Rules
from adapters.mapping.xml_codec import XmlReader, XmlWriter
from adapters.ports import JSON

# Header blocks that a contract names and the way there fills: X-Road's (PR-MESS section 2.2).
FILLED_BELOW = {"http://x-road.eu/xsd/xroad.xsd", "http://x-road.eu/xsd/representation.xsd"}


@dataclass(slots=True)
class Compiled:
    """One operation ready to use. Holds no state of a message; safe for several threads."""

    plan: Plan
    contract: WsdlOperation
    validator: Validator
    schemas: SchemaSet = field(repr=False)
    book: RuleBook
    writer: XmlWriter
    reader: XmlReader | None  # None where the contract answers nothing
    request_node: Node | None = field(repr=False)  # None where the Body is empty
    binary: frozenset[str] = frozenset()  # elements of the request whose content is base64

    @property
    def version(self) -> Version:
        """The version of SOAP that the operation is bound to."""
        return VERSIONS[self.contract.soap_version]

    @property
    def action(self) -> str:
        """The action's name; ``action`` of the mapping wins over the contract's."""
        return str(self.plan.options.get("action", self.contract.action))

    @property
    def addressing_action(self) -> str:
        """``wsa:Action``: what the contract says of it, else the action (WS-Addressing metadata 4.4)."""
        return str(self.plan.options.get("action", self.contract.addressing_action or self.contract.action))

    @property
    def is_answered_later(self) -> bool:
        """True where the answer comes to our ReplyTo: ``answer = "later"`` of the mapping."""
        return self.plan.options.get("answer") == "later"

    def write(self, source: JSON) -> bytes:
        """The request's bytes, checked against the contract; raises Unfit or Violation."""
        return self.compose(source)[0]

    def compose(self, source: JSON, declarations: str = "", blocks: str = "") -> tuple[bytes, Envelope]:
        """The request's bytes and their elements, checked against the contract; raises Unfit or Violation.

        ``blocks`` stand before the contract's own header blocks and are not the contract's to check.
        """
        header, body = self.writer.header(source), self.writer.body(source)
        sent = envelope.write(self.version, self.writer.declarations + declarations, blocks + header, body)
        found = envelope.open_envelope(sent)
        if header:
            for block in found.header:
                if block.tag in self.contract.headers:
                    self.validator.check(block)
        if self.request_node is not None:
            self.validator.check(found.body[0])
            if self._travels_otherwise(found.body):
                sent = etree.tostring(found.root, xml_declaration=True, encoding="UTF-8")
        return sent, found

    def _travels_otherwise(self, body: Any) -> bool:
        """Bring a checked Body to the form that travels; False where it is the one that was written."""
        marked = self.contract.is_encoded and encoded.mark_arrays(
            body[0], self.schemas, self.contract.encoding
        )
        return bodies.write(body) or marked

    def read(self, body: Any, attach: Callable[[Any], None] | None = None) -> JSON:
        """The canonical value of a reply's Body; raises Violation or Unfit.

        ``attach`` puts referred parts in their place once the contract has been checked.
        """
        if self.reader is None:
            return {}
        content = bodies.read(body, self.contract.reply, is_encoded=self.contract.is_encoded)
        if content.tag != self.contract.reply:
            raise Violation(
                f"the answer is {local(content.tag)}, not {local(self.contract.reply)}",
                line=content.sourceline,
            )
        self.validator.check(content)
        if attach is not None:
            attach(content)
        return self.reader.read(content)

    def is_answered_by(self, body: Any) -> bool:
        """True where a Body holds this operation's answer; the Body is left as it is."""
        reply = self.contract.reply
        if not reply or not bodies.is_bare(reply):
            return bool(reply) and body[0].tag == bodies.on_the_wire(reply)
        try:
            self.validator.check(bodies.read(deepcopy(body), reply, is_encoded=self.contract.is_encoded))
        except Violation:
            return False
        return True

    def fault_fields(self, detail: Any, body: Any) -> dict[str, str]:
        """A declared fault's fields by local name; raises Violation where the contract has no such fault."""
        if self.contract.is_encoded:
            encoded.literal(detail, encoded.referable(body))
        if detail.tag not in self.contract.faults:
            raise Violation(f"{local(detail.tag)} is not a fault of the contract", line=detail.sourceline)
        self.validator.check(detail)
        return {local(child.tag): (child.text or "").strip() for child in detail}

    def canonical_path(self, place: str) -> str:
        """The canonical path behind a place in the request (``RegisterMoveRequest/NewDwelling/Street``)."""
        name = self.request_node.name if self.request_node is not None else "/"
        inner = place.partition("/")[2] if place.startswith(name) else place
        return locate(self.book, self.plan.request, inner or ".")

    def unmapped(self) -> list[str]:
        """Required fields of the request that no rule fills."""
        if self.request_node is None:
            return []
        return report.unmapped(self.book, self.plan.request, outline.required_paths(self.request_node))


def compile_operation(
    wsdl: Wsdl, validator: Validator, book: RuleBook, plan: Plan, *, has_mtom: bool = False
) -> Compiled:
    """Compile one operation; raises MappingWrong."""
    contract = wsdl.find(plan.call)
    if contract is None:
        raise MappingWrong(f"{plan.where}: the contract has no operation {plan.call!r}")
    request = _node(wsdl, contract.request) if contract.request else None
    reply = _node(wsdl, contract.reply) if contract.reply else None
    style = f' soap:encodingStyle="{contract.encoding}"' if contract.is_encoded else ""
    writer = XmlWriter(
        book,
        request,
        plan.request,
        headers=_headers(wsdl, contract, plan.header),
        typed=contract.is_encoded,
        attributes=style,
    )
    reader = None if reply is None else XmlReader(book, reply, plan.reply)
    binary = mtom.binary_tags(wsdl.schemas, request) if has_mtom and request is not None else frozenset()
    return Compiled(plan, contract, validator, wsdl.schemas, book, writer, reader, request, binary)


def _headers(wsdl: Wsdl, contract: WsdlOperation, rules: Rules) -> tuple[tuple[Node, Rules], ...]:
    found = []
    for name in contract.headers:
        if namespace(name) in FILLED_BELOW:
            continue
        own = tuple(rule for rule in rules if head(rule.agency)[0] == local(name))
        if not own:
            raise MappingWrong(f"the contract wants the header {local(name)}, and no rule fills it")
        found.append((_node(wsdl, name), own))
    return tuple(found)


def _node(wsdl: Wsdl, name: str) -> Node:
    node = outline.root(wsdl.schemas, name)
    if node is None:
        raise MappingWrong(f"the contract declares no element {name}")
    return node
