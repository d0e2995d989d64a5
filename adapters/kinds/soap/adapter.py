"""SOAP behind the port: faults become results by the mapping, all else one of the four errors."""

from base64 import b64encode

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import wsdl
from adapters.contracts.markup import Validator
from adapters.contracts.violation import Violation
from adapters.egress import Door, HttpReply
from adapters.errors import NotUnderstood, Refused, Unavailable
from adapters.http_results import insist_on_answer
from adapters.kinds.soap import envelope
from adapters.kinds.soap.operation import Compiled, compile_operation
from adapters.mapping.load import compiled, mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plan import FaultTable, Plan, source
from adapters.mapping.rules import MappingWrong
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON, Rejected, Reply, Request, Result, Wire


class SoapAdapter:
    """One SOAP connection. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = Door.of(spec)
        self.path = spec.option("path")
        self.authorization = _basic(spec) if spec.option("authentication", "none") == "basic" else ""
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.checks: Operations[Compiled] = Operations(spec.key)
        self.fault: FaultTable
        compiled(spec, lambda: self._compile(spec))

    def _compile(self, spec: ConnectionSpec) -> None:
        book, plans, self.fault = mapping(spec)
        contract = wsdl.read(spec.contract)
        validator = Validator(contract.schemas.compile)

        def one(plan: Plan) -> Compiled:
            return compile_operation(contract, validator, book, plan)

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

    def _call(self, operation: Compiled, request: Request, reference: str) -> Reply:
        sent = self._write(operation, source(request.value, request.context, reference))
        headers = {"Content-Type": envelope.CONTENT_TYPE, "SOAPAction": f'"{operation.contract.action}"'}
        if self.authorization:
            headers["Authorization"] = self.authorization
        reply = self.door.send("POST", self.path, body=sent, headers=headers, timeout=request.timeout)
        return Reply(self._result(operation, reply), reply.wire)

    def _write(self, operation: Compiled, value: JSON) -> bytes:
        try:
            return operation.write(value)
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            field = operation.canonical_path(error.path)
            raise Refused(self.key, error.message, field=field) from error

    def _result(self, operation: Compiled, reply: HttpReply) -> Result:
        """Section 6.2: a fault comes with status 500, so the body is looked at before the status."""
        try:
            body = envelope.read(reply.body)
        except Violation as error:
            insist_on_answer(self.key, reply)
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        try:
            fault = envelope.fault(body)
            if fault is not None:
                return self._fault(operation, fault, body, reply.wire)
            insist_on_answer(self.key, reply)
            return operation.plan.conclude(operation.read(body))
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error

    def _fault(self, operation: Compiled, fault: envelope.SoapFault, body: object, wire: Wire) -> Result:
        if fault.detail is not None:
            fields = operation.fault_fields(fault.detail, body)
            return self.fault.result(fields, operation.canonical_path)
        if fault.is_ours:
            return Rejected(self.fault.codes.get(fault.code, fault.code), fault.text)
        raise Unavailable(self.key, f"fault {fault.code}: {fault.text}", wire=wire)


def _basic(spec: ConnectionSpec) -> str:
    """RFC 7617."""
    pair = f"{spec.credential('username')}:{spec.credential('password')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def build(spec: ConnectionSpec) -> SoapAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return SoapAdapter(spec)
