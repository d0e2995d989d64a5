"""XML over HTTP behind the port. The status says nothing: an agency's error is a Fault element with 200."""

from dataclasses import dataclass
from typing import Any

from adapters.authentication.build import Authentication
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import bundle, outline
from adapters.contracts.markup import Validator, local, parse
from adapters.contracts.outline import Node
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.egress import Door, HttpReply
from adapters.errors import Misconfigured, NotUnderstood, Refused
from adapters.http_results import insist_on_answer
from adapters.mapping import report
from adapters.mapping.load import compiled, mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plan import FaultTable, Plan, locate, source
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_codec import XmlReader, XmlWriter
from adapters.ports import JSON, Reply, Request, Result

CONTENT_TYPE = "text/xml; charset=utf-8"  # RFC 7303


@dataclass(slots=True)
class Compiled:
    """One operation ready to use."""

    plan: Plan
    book: RuleBook
    writer: XmlWriter
    reader: XmlReader
    request: Node
    reply_tag: str

    def write(self, validator: Validator, value: JSON) -> bytes:
        """The request's bytes, checked against the schema; raises Unfit or Violation."""
        sent = f'<?xml version="1.0" encoding="UTF-8"?>\n{self.writer.body(value)}'.encode()
        validator.check(parse(sent))
        return sent

    def unmapped(self) -> list[str]:
        """Required places of the request that no rule fills."""
        return report.unmapped(self.book, self.plan.request, outline.required_paths(self.request))

    def canonical_path(self, place: str) -> str:
        """The canonical path behind a place in the request."""
        return locate(self.book, self.plan.request, place.partition("/")[2])


class XmlHttpAdapter:
    """One connection. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.authentication = Authentication.of(spec, Door.of(spec))
        self.path = spec.option("path")
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.fault: FaultTable
        self.fault_tag = ""
        compiled(spec, lambda: self._compile(spec))

    def _compile(self, spec: ConnectionSpec) -> None:
        book, plans, self.fault = mapping(spec)
        schemas = bundle.schemas(spec.contract, spec.access())
        self.validator = Validator(schemas.compile)
        if "element" in book.fault:
            self.fault_tag = _node(schemas, book.fault["element"]).tag
        for name, plan in plans.items():
            request, reply = _node(schemas, plan.call), _node(schemas, plan.options.get("answer", ""))
            self.operations[name] = Compiled(
                plan,
                book,
                XmlWriter(book, request, plan.request, is_root=True),
                XmlReader(book, reply, plan.reply),
                request,
                reply.tag,
            )

    def send(self, request: Request) -> Reply:
        """Carry out an operation; raises a child of AdapterError."""
        operation = self.operations.find(request)
        sent = self._write(operation, source(request.value, request.context))
        reply = self.authentication.send(
            "POST", self.path, body=sent, headers={"Content-Type": CONTENT_TYPE}, timeout=request.timeout
        )
        return Reply(self._result(operation, reply), reply.wire)

    def check(self, request: Request, reference: str) -> Reply:
        """Nothing is answered later over such a connection."""
        raise Misconfigured(self.key, f"{request.operation!r} is answered at once and cannot be checked")

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    def _write(self, operation: Compiled, value: JSON) -> bytes:
        try:
            return operation.write(self.validator, value)
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            raise Refused(self.key, error.message, field=operation.canonical_path(error.path)) from error

    def _result(self, operation: Compiled, reply: HttpReply) -> Result:
        insist_on_answer(self.key, reply)
        try:
            element = parse(reply.body)
            self.validator.check(element)
            if element.tag == self.fault_tag:
                return self.fault.result(_fields(element), operation.canonical_path)
            if element.tag != operation.reply_tag:
                wanted = local(operation.reply_tag)
                raise Violation(f"the answer is {local(element.tag)}, not {wanted}", line=element.sourceline)
            return operation.plan.conclude(operation.reader.read(element))
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error


def _fields(element: Any) -> dict[str, str]:
    return {local(child.tag): (child.text or "").strip() for child in element}


def _node(schemas: SchemaSet, name: str) -> Node:
    for uri in schemas.documents:
        node = outline.root(schemas, f"{{{uri}}}{name}" if uri else name)
        if node is not None:
            return node
    raise MappingWrong(f"the contract declares no element {name!r}")


def build(spec: ConnectionSpec) -> XmlHttpAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return XmlHttpAdapter(spec)
