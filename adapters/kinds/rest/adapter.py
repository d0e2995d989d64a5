"""REST behind the port: conditional changes, jobs, problems (RFC 9110, RFC 9457, RFC 6750)."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adapters.authentication.build import Authentication
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import openapi
from adapters.contracts.openapi import RestOperation
from adapters.contracts.violation import Violation
from adapters.egress import Door, HttpReply, left, until
from adapters.errors import Misconfigured, NotUnderstood, Refused, Unavailable
from adapters.http_results import NO_ENTRY, OUT_OF_ORDER, retry_after
from adapters.kinds.rest.operation import Compiled, compile_operation, received
from adapters.kinds.rest.refusals import Refusals
from adapters.mapping.load import compiled, mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plan import Plan, source
from adapters.mapping.rules import MappingWrong
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON, Pending, Reply, Request, Result, Retry

Headers = dict[str, str]
T = TypeVar("T")
ATTEMPTS = 2  # a change that lost a race against another is read and tried once more


class RestAdapter:
    """One REST connection. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = Door.of(spec)
        self.authentication = Authentication.of(spec, self.door)
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.checks: Operations[Compiled] = Operations(spec.key)
        self.refusals: Refusals
        compiled(spec, lambda: self._compile(spec))

    def _compile(self, spec: ConnectionSpec) -> None:
        book, plans, fault = mapping(spec)
        self.refusals = Refusals(fault, stated=frozenset(book.fault))
        declared = openapi.read(spec.contract, spec.access())

        def one(plan: Plan) -> Compiled:
            return compile_operation(declared, book, plan)

        for name, plan in plans.items():
            self.operations[name] = one(plan)
            if plan.check is not None:
                self.checks[name] = one(plan.check)

    def send(self, request: Request) -> Reply:
        """Carry out an operation; raises a child of AdapterError."""
        return self._call(self.operations.find(request), request, "")

    def check(self, request: Request, reference: str) -> Reply:
        """Ask what became of the job ``reference``; raises a child of AdapterError."""
        return self._call(self.checks.find(request), request, reference)

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    def _call(self, operation: Compiled, request: Request, reference: str) -> Reply:
        value = source(request.value, request.context, reference)
        path, before, (body_type, body), declared = self._write(operation, value)
        deadline = until(request.timeout)  # one for the token, the read and the change together
        headers = {"Idempotency-Key": request.context.idempotency_key} if body else {}
        if body:
            headers["Content-Type"] = body_type
        headers |= declared
        for _ in range(ATTEMPTS):
            if operation.before is not None:
                read = self._send(operation.before, before, b"", {}, deadline)
                if read.status != 200:
                    return Reply(
                        self._failure(replace(operation, contract=operation.before), read), read.wire
                    )
                headers["If-Match"] = self._etag(operation.before, read)
            reply = self._send(operation.contract, path, body, headers, deadline)
            if reply.status != 412:
                break
        return Reply(self._result(operation, reply), reply.wire)

    def _write(self, operation: Compiled, value: JSON) -> tuple[str, str, tuple[str, bytes], Headers]:
        """The address, the address read before, the body, and the parameters that are headers."""
        try:
            parameters = operation.parameters(value)
            before = operation.before.url(parameters) if operation.before else ""
            sent = operation.contract.sent_headers(parameters)
            return operation.contract.url(parameters), before, operation.write(value), sent
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            raise Refused(self.key, error.message, field=operation.canonical_path(error.path)) from error

    def _send(
        self, contract: RestOperation, path: str, body: bytes, headers: Headers, deadline: float | None
    ) -> HttpReply:
        accept = {"Accept": contract.accept, **headers}
        return self.authentication.send(
            contract.method, path, body=body, headers=accept, timeout=left(deadline)
        )

    def _etag(self, contract: RestOperation, reply: HttpReply) -> str:
        self._understood(reply, lambda: received(contract, reply))
        if "ETag" not in reply.headers:
            raise NotUnderstood(self.key, "the answer has no ETag", wire=reply.wire)
        return reply.headers["ETag"]

    def _result(self, operation: Compiled, reply: HttpReply) -> Result:
        if not 200 <= reply.status < 300:
            return self._failure(operation, reply)
        result = self._understood(reply, lambda: operation.plan.conclude(operation.read(reply)))
        if isinstance(result, Pending):
            asked = retry_after(reply.headers)  # 0 seconds is an answer too
            return result if asked is None else replace(result, check_after=asked)
        return result

    def _failure(self, operation: Compiled, reply: HttpReply) -> Result:
        """Any status but success: an error, or the agency's own no."""
        wait = retry_after(reply.headers)
        if reply.status in OUT_OF_ORDER and wait is not None:
            return Retry(f"the agency asks to wait ({reply.status})", wait)
        if reply.status in OUT_OF_ORDER:
            raise Unavailable(self.key, f"the agency is out of order ({reply.status})", wire=reply.wire)
        if reply.status in NO_ENTRY:
            raise Misconfigured(
                self.key, f"the agency refuses our credentials ({reply.status})", wire=reply.wire
            )
        if reply.status == 412:
            return Retry("the record was changed by another at the same time")
        said = self._understood(reply, lambda: self.refusals.read(operation.contract, reply))
        return self.refusals.result(said, reply.status, operation.canonical_path)

    def _understood(self, reply: HttpReply, read: Callable[[], T]) -> T:
        """Run a reading step; what breaks the contract is NotUnderstood."""
        try:
            return read()
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=reply.wire) from error
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error


def build(spec: ConnectionSpec) -> RestAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return RestAdapter(spec)
