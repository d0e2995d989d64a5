"""XML over HTTP behind the port. An agency's error is a Fault element, whatever the status beside it.

What is decided later is answered with 202; its state is read with GET, see ``check`` in a mapping.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.authentication.build import Authentication
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import bundle, outline
from adapters.contracts.markup import Validator, local, parse
from adapters.contracts.outline import Node
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.egress import Door, HttpReply
from adapters.errors import NotUnderstood, Refused
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
TAKEN = {200, 202}
ANSWERED = TAKEN | {400, 404, 409, 410, 422}  # the application itself spoke: done, taken, or a fault


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


@dataclass(frozen=True, slots=True)
class Question:
    """How the state of something taken earlier is read: an address, and the element it answers with."""

    plan: Plan
    get: str  # with {reference}
    reader: XmlReader
    reply_tag: str

    def unmapped(self) -> list[str]:
        """Nothing is sent but the reference."""
        return []

    def canonical_path(self, place: str) -> str:
        """Nothing of ours is in the question."""
        return ""


class XmlHttpAdapter:
    """One connection. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.authentication = Authentication.of(spec, Door.of(spec))
        self.path = spec.option("path")
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.questions: Operations[Question] = Operations(spec.key)
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
            if plan.check is not None:
                self.questions[name] = _question(schemas, book, plan.check)

    def send(self, request: Request) -> Reply:
        """Carry out an operation; raises a child of AdapterError."""
        operation = self.operations.find(request)
        sent = self._write(operation, source(request.value, request.context))
        reply = self.authentication.send(
            "POST", self.path, body=sent, headers={"Content-Type": CONTENT_TYPE}, timeout=request.timeout
        )
        return Reply(self._result(operation, reply), reply.wire)

    def check(self, request: Request, reference: str) -> Reply:
        """Read the state of what was taken earlier; raises a child of AdapterError."""
        question = self.questions.find(request)
        path = question.get.replace("{reference}", quote(reference, safe=""))
        reply = self.authentication.send("GET", path, body=b"", headers={}, timeout=request.timeout)
        return Reply(self._result(question, reply), reply.wire)

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

    def _result(self, operation: Compiled | Question, reply: HttpReply) -> Result:
        """A Fault counts with the statuses of an application; others say that nobody of it answered."""
        if reply.status not in ANSWERED:
            insist_on_answer(self.key, reply)
        try:
            element = parse(reply.body)
            self.validator.check(element)
            if element.tag == self.fault_tag:
                return self.fault.result(_fields(element), operation.canonical_path)
            if reply.status not in TAKEN:
                raise Violation(f"status {reply.status} with {local(element.tag)}, which is no fault")
            if element.tag != operation.reply_tag:
                wanted = local(operation.reply_tag)
                raise Violation(f"the answer is {local(element.tag)}, not {wanted}", line=element.sourceline)
            return operation.plan.conclude(operation.reader.read(element))
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error


def _question(schemas: SchemaSet, book: RuleBook, plan: Plan) -> Question:
    get = str(plan.options.get("get", ""))
    if not get.startswith("/") or "{reference}" not in get:
        raise MappingWrong(f"{plan.name}: say get, an address with {{reference}}")
    reply = _node(schemas, plan.options.get("answer", ""))
    return Question(plan, get, XmlReader(book, reply, plan.reply), reply.tag)


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
