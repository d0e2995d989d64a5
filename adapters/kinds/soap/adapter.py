"""SOAP behind the port: faults become results by the mapping, all else one of the four errors."""

from datetime import UTC, datetime

from lxml import etree

from adapters.authentication.build import Authentication
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import bundle
from adapters.contracts.markup import Validator
from adapters.contracts.violation import Violation
from adapters.egress import Door, HttpReply
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Refused
from adapters.http_results import insist_on_answer
from adapters.kinds.soap import mtom
from adapters.kinds.soap.addressing import Addressing
from adapters.kinds.soap.answers import Answers, Sent
from adapters.kinds.soap.faults import refusal
from adapters.kinds.soap.operation import Compiled, compile_operation
from adapters.mapping.load import compiled, mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plan import CREDENTIALS, FaultTable, Plan, source
from adapters.mapping.rules import MappingWrong
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON, Inbound, InboundAnswer, InboundHeaders, Pending, Reply, Request, Result
from adapters.wss.policy import Policy

SPEAKING = {
    200,
    202,
    400,
    500,
}  # statuses with which a SOAP node answers; others are of what stands before it


class SoapAdapter:
    """One SOAP connection. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self._credentials = spec.credentials
        self.door = Door.of(spec)
        self.path = spec.option("path")
        self.authentication = Authentication.of(spec, self.door)
        self.policy = Policy.of(spec)
        self.addressing = Addressing.of(spec, self.door.url(self.path))
        self.has_mtom = bool(spec.option("mtom", False))
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.checks: Operations[Compiled] = Operations(spec.key)
        self.fault: FaultTable
        compiled(spec, lambda: self._compile(spec))
        self._later = [one for one in self.operations.values() if one.is_answered_later]
        if self._later and (
            self.addressing is None or not self.addressing.reply_to or self.policy.expected is None
        ):
            raise Misconfigured(spec.key, "later answers need [addressing] reply_to and [security.answers]")
        nameless = [name for name, one in self.operations.items() if not one.addressing_action]
        if nameless and self.addressing is not None:
            raise Misconfigured(
                spec.key, f"[addressing]: say the action of {', '.join(nameless)} in mapping.toml"
            )
        self.answers = Answers(self.key, self.policy, self.addressing, self.fault)

    def _compile(self, spec: ConnectionSpec) -> None:
        book, plans, self.fault = mapping(spec)
        contract = bundle.soap(spec.contract, spec.access())
        validator = Validator(contract.schemas.compile)

        def one(plan: Plan) -> Compiled:
            return compile_operation(contract, validator, book, plan, has_mtom=self.has_mtom)

        for name, plan in plans.items():
            self.operations[name] = one(plan)
            if plan.check is not None:
                self.checks[name] = one(plan.check)

    def send(self, request: Request) -> Reply:
        """Carry out an operation; raises a child of AdapterError."""
        return self._call(self.operations.find(request), request, "")

    def check(self, request: Request, reference: str) -> Reply:
        """Ask what became of ``reference``; raises a child of AdapterError."""
        return self._call(self.checks.find(request), request, reference)

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    @property
    def is_answered_later(self) -> bool:
        """True where an operation of the mapping says ``answer = "later"``."""
        return bool(self._later)

    def receive(self, headers: InboundHeaders, body: bytes) -> Inbound:
        """Read an answer that the agency sends later, to our ReplyTo; raises NotUnderstood, NotAuthentic."""
        return self.answers.inbound(headers, body, self._later)

    def refuse(self, headers: InboundHeaders, error: AdapterError) -> InboundAnswer:
        """The fault that says why a message was not taken."""
        return refusal(headers, error)

    def _call(self, operation: Compiled, request: Request, reference: str) -> Reply:
        value = {**source(request.value, request.context, reference), CREDENTIALS: self._credentials}
        sent = self._write(operation, value)
        reply = self.authentication.send(
            "POST", self.path, body=sent.body, headers=sent.headers, timeout=request.timeout
        )
        return Reply(self._result(operation, sent, reply), reply.wire)

    def _write(self, operation: Compiled, value: JSON) -> Sent:
        try:
            return self._sent(operation, value)
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            field = operation.canonical_path(error.path)
            raise Refused(self.key, error.message, field=field) from error

    def _sent(self, operation: Compiled, value: JSON) -> Sent:
        """The request as it goes: addressed, checked, sealed and packed, in that order."""
        declaration = blocks = message_id = ""
        if self.addressing is not None:
            key = "" if value["@reference"] else value["@idempotency_key"]  # each question is a new one
            message_id = self.addressing.message_id(operation.plan.name, key)
            declaration = self.addressing.declaration
            later = operation.is_answered_later
            blocks = self.addressing.header(operation.addressing_action, message_id, later=later)
        body, envelope = operation.compose(value, declaration, blocks)
        headers = operation.version.http_headers(operation.action)
        signature = ""
        if self.policy.sealing is not None:
            signature = self.policy.sealing.apply(envelope.root, datetime.now(UTC))
            body = etree.tostring(envelope.root, xml_declaration=True, encoding="UTF-8")
        if self.has_mtom:
            headers["Content-Type"], body = mtom.pack(
                envelope.root, operation.binary, operation.version, operation.action
            )
        return Sent(body, headers, message_id, signature)

    def _result(self, operation: Compiled, sent: Sent, reply: HttpReply) -> Result:
        """A fault comes with status 400 or 500, so the body is looked at before the status."""
        if reply.status == 202 and not reply.body.strip() and operation.is_answered_later:
            return Pending(sent.message_id)  # taken; the answer comes to our ReplyTo
        if operation.contract.is_one_way and 200 <= reply.status < 300 and not reply.body.strip():
            return operation.plan.conclude({})
        if reply.status not in SPEAKING:
            insist_on_answer(self.key, reply)
        try:
            received = self.answers.open(operation, sent, reply)
        except Violation as error:
            insist_on_answer(self.key, reply)
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        try:
            return self.answers.result(operation, received, reply)
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error


def build(spec: ConnectionSpec) -> SoapAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return SoapAdapter(spec)
