"""What answers mean: those that come at once, and those that come later to our ReplyTo."""

from dataclasses import dataclass

from adapters.contracts import bodies
from adapters.contracts.violation import Violation
from adapters.egress import HttpReply
from adapters.errors import Misconfigured, NotAuthentic, NotUnderstood, Unavailable
from adapters.http_results import insist_on_answer
from adapters.kinds.soap import envelope
from adapters.kinds.soap.addressing import Addressing
from adapters.kinds.soap.envelope import SoapFault
from adapters.kinds.soap.operation import Compiled
from adapters.kinds.soap.reading import Received, received, understood
from adapters.mapping.plan import FaultTable
from adapters.mapping.rules import MappingWrong
from adapters.mapping.unfit import Unfit
from adapters.ports import Inbound, InboundHeaders, Rejected, Result, Wire
from adapters.wss.policy import Policy

SECURITY_FAULTS = {  # WS-Security 1.1 section 12: the agency does not accept our security header
    *("UnsupportedSecurityToken", "UnsupportedAlgorithm", "InvalidSecurity", "InvalidSecurityToken"),
    *("FailedAuthentication", "FailedCheck", "SecurityTokenUnavailable"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it goes over the wire, and what its answer must relate to."""

    body: bytes
    headers: dict[str, str]
    message_id: str
    signature: str


class Answers:
    """Reads the answers of one connection. Holds no state of a message; safe for several threads."""

    def __init__(self, key: str, policy: Policy, addressing: Addressing | None, faults: FaultTable) -> None:
        self.key = key
        self.policy = policy
        self.addressing = addressing
        self.faults = faults
        self._understood = understood(policy, addressing)

    def open(self, operation: Compiled, sent: Sent, reply: HttpReply) -> Received:
        """An answer's envelope; raises Violation for what is none, or none to this request."""
        found = received(reply.headers, reply.body, self.policy, sent.signature)
        may_be_empty = operation.reader is None or bodies.is_bare(operation.contract.reply)
        envelope.content_of(found.envelope, operation.version, may_be_empty=may_be_empty)
        envelope.insist_on_understanding(found.envelope, self._understood)
        if self.addressing is not None and found.doubt is None:
            self.addressing.insist_on_relation(found.envelope.header, sent.message_id)
        return found

    def result(self, operation: Compiled, found: Received, reply: HttpReply) -> Result:
        """What an answer means; raises Violation, Unfit, MappingWrong or a child of AdapterError."""
        body = found.envelope.body
        fault = envelope.fault(body)
        if found.doubt is not None:
            raise self._doubted(found, fault, reply.wire)
        if fault is not None:
            return self._fault([operation], fault, body, reply.wire)
        insist_on_answer(self.key, reply)
        return operation.plan.conclude(operation.read(body, found.attachments.attach))

    def inbound(self, headers: InboundHeaders, body: bytes, operations: list[Compiled]) -> Inbound:
        """A later answer; raises NotAuthentic and NotUnderstood."""
        wire = Wire(received=body, received_type=headers.get("Content-Type", ""))
        if self.policy.expected is None or self.addressing is None:
            raise Misconfigured(self.key, "later answers need [addressing] and [security.answers]")
        try:
            return self._later(self.addressing, headers, body, operations, wire)
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=wire) from error

    def _later(
        self,
        addressing: Addressing,
        headers: InboundHeaders,
        body: bytes,
        operations: list[Compiled],
        wire: Wire,
    ) -> Inbound:
        found = received(headers, body, self.policy)
        if found.doubt is not None:
            raise NotAuthentic(self.key, found.doubt.message, code=found.doubt.code, wire=wire)
        envelope.insist_on_understanding(found.envelope, self._understood)
        said = addressing.read(found.envelope.header)
        if not said.message_id or not said.relates_to:
            raise Violation("the message does not say its MessageID and what it relates to")
        content = envelope.content_of(found.envelope, found.envelope.version)
        fault = envelope.fault(content)
        if fault is not None:
            result = self._fault(operations, fault, content, wire)
            return Inbound(said.message_id, said.relates_to, "fault", result)
        operation = next((one for one in operations if one.is_answered_by(content)), None)
        if operation is None:
            raise Violation("the message answers no operation of the contract", line=content[0].sourceline)
        value = operation.read(content, found.attachments.attach)
        return Inbound(said.message_id, said.relates_to, operation.plan.name, operation.plan.conclude(value))

    def _doubted(self, found: Received, fault: SoapFault | None, wire: Wire) -> Exception:
        """What to make of an answer that is not proved: no decision is read from it."""
        doubt = str(found.doubt)
        if fault is None:
            return NotUnderstood(self.key, f"the answer is not believed: {doubt}", wire=wire)
        if set(fault.names) & SECURITY_FAULTS:
            return Misconfigured(
                self.key,
                f"the agency refuses our security header ({fault.names[0]}: {fault.text})",
                wire=wire,
            )
        if fault.is_ours:
            return NotUnderstood(self.key, f"a fault that is not believed: {doubt}", wire=wire)
        return Unavailable(self.key, f"fault {fault.code}", wire=wire, said=fault.text)

    def _fault(self, operations: list[Compiled], fault: SoapFault, body: object, wire: Wire) -> Result:
        if fault.detail is not None:
            declaring = (one for one in operations if fault.detail.tag in one.contract.faults)
            operation = next(declaring, operations[0])
            fields = operation.fault_fields(fault.detail, body)
            return self.faults.result(fields, operation.canonical_path)
        if set(fault.names) & SECURITY_FAULTS:
            raise Misconfigured(
                self.key,
                f"the agency refuses our security header ({fault.names[0]}: {fault.text})",
                wire=wire,
            )
        if fault.is_ours:
            return Rejected(self._code(fault), fault.text)
        raise Unavailable(self.key, f"fault {fault.code}", wire=wire, said=fault.text)

    def _code(self, fault: SoapFault) -> str:
        """The most special of a fault's codes that the mapping knows, else the most special one."""
        known = (self.faults.codes[name] for name in fault.names if name in self.faults.codes)
        return next(known, fault.names[0])
