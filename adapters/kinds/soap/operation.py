"""One SOAP operation, compiled: what it writes, what it checks, what it reads."""

from dataclasses import dataclass, field
from typing import Any

from adapters.contracts import encoded, outline
from adapters.contracts.markup import Validator, local
from adapters.contracts.outline import Node
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import Wsdl, WsdlOperation
from adapters.kinds.soap import envelope
from adapters.mapping import report
from adapters.mapping.plan import Plan, locate
from adapters.mapping.rules import MappingWrong, RuleBook, Rules
from adapters.mapping.xml_codec import XmlReader, XmlWriter
from adapters.ports import JSON


@dataclass(slots=True)
class Compiled:
    """One operation ready to use. Holds no state of a message; safe for several threads."""

    plan: Plan
    contract: WsdlOperation
    validator: Validator
    book: RuleBook
    writer: XmlWriter
    reader: XmlReader
    request_node: Node = field(repr=False)

    def write(self, source: JSON) -> bytes:
        """The request's bytes, checked against the contract; raises Unfit or Violation."""
        header, body = self.writer.header(source), self.writer.body(source)
        sent = envelope.write(self.writer.declarations, header, body)
        content = envelope.read(sent)
        if header:
            for block in content.getprevious():
                self.validator.check(block)
        self.validator.check(content[0])
        return sent

    def read(self, body: Any) -> JSON:
        """The canonical value of a reply's Body; raises Violation or Unfit."""
        content = body[0]
        if self.contract.is_encoded:
            encoded.literal(content, encoded.referable(body))
        if content.tag != self.contract.reply:
            raise Violation(
                f"the answer is {local(content.tag)}, not {local(self.contract.reply)}",
                line=content.sourceline,
            )
        self.validator.check(content)
        return self.reader.read(content)

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
        inner = place.partition("/")[2] if place.startswith(self.request_node.name) else place
        return locate(self.book, self.plan.request, inner)

    def unmapped(self) -> list[str]:
        """Required fields of the request that no rule fills."""
        return report.unmapped(self.book, self.plan.request, outline.required_paths(self.request_node))


def compile_operation(wsdl: Wsdl, validator: Validator, book: RuleBook, plan: Plan) -> Compiled:
    """Compile one operation; raises MappingWrong."""
    contract = wsdl.operations.get(plan.call)
    if contract is None:
        raise MappingWrong(f"{plan.name}: the contract has no operation {plan.call!r}")
    request, reply = _node(wsdl, contract.request), _node(wsdl, contract.reply)
    style = f' soap:encodingStyle="{encoded.ENCODING}"' if contract.is_encoded else ""
    writer = XmlWriter(
        book,
        request,
        plan.request,
        headers=_headers(wsdl, contract, plan.header),
        typed=contract.is_encoded,
        attributes=style,
    )
    reader = XmlReader(book, reply, plan.reply)
    return Compiled(plan, contract, validator, book, writer, reader, request)


def _headers(wsdl: Wsdl, contract: WsdlOperation, rules: Rules) -> tuple[tuple[Node, Rules], ...]:
    found = []
    for name in contract.headers:
        own = tuple(rule for rule in rules if rule.agency == local(name))
        if not own:
            raise MappingWrong(f"the contract wants the header {local(name)}, and no rule fills it")
        found.append((_node(wsdl, name), own))
    return tuple(found)


def _node(wsdl: Wsdl, name: str) -> Node:
    node = outline.root(wsdl.schemas, name)
    if node is None:
        raise MappingWrong(f"the contract declares no element {name}")
    return node
