"""One REST operation, compiled: its address, its body, and the reading of its answers."""

from dataclasses import dataclass

from adapters.contracts.openapi import RestOperation, required_paths
from adapters.contracts.violation import Violation
from adapters.egress import HttpReply
from adapters.mapping import report
from adapters.mapping.paths import as_text, getter
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import Plan, locate
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON


@dataclass(slots=True)
class Compiled:
    """One operation ready to use. ``before`` is read for the ETag of the change (RFC 9110, 13.1.1)."""

    plan: Plan
    book: RuleBook
    contract: RestOperation
    before: RestOperation | None
    places: dict[str, str]  # parameter of any place -> canonical path
    writer: PlainWriter
    reader: PlainReader

    def parameters(self, source: JSON) -> dict[str, str]:
        """The parameters that have a value; raises Unfit where one that must be given has none."""
        values = {name: as_text(getter(path)(source)) for name, path in self.places.items()}
        needed = {*self.contract.needed, *(self.before.needed if self.before else ())}
        for name, value in values.items():
            if not value and name in needed:
                raise Unfit(self.places[name], "is required by the agency")
        return {name: value for name, value in values.items() if value}

    def write(self, source: JSON) -> bytes:
        """The body, checked against the contract; b"" where it has none. Raises Unfit or Violation."""
        if self.contract.body is None:
            return b""
        value = self.writer.build(source)
        self.contract.check_request(value)
        return self.contract.encoded(value)

    def read(self, reply: HttpReply) -> JSON:
        """The canonical value of an answer in order; raises Violation or Unfit."""
        value = self.contract.read(reply.status, reply.headers, reply.media_type, reply.body)
        return self.reader.read(value or {})

    def canonical_path(self, place: str) -> str:
        """The canonical path behind a body's member or a path parameter."""
        return self.places.get(place, "") or locate(self.book, self.plan.request, place)

    def unmapped(self) -> list[str]:
        """Required members and parameters that no rule fills."""
        missing = [name for name in self.contract.needed if name not in self.places]
        return missing + report.unmapped(
            self.book, self.plan.request, required_paths(self.contract.body_schema)
        )


def compile_operation(operations: dict[str, RestOperation], book: RuleBook, plan: Plan) -> Compiled:
    """Compile one operation; raises MappingWrong."""
    before = plan.options.get("before")
    return Compiled(
        plan,
        book,
        _declared(operations, plan, plan.call),
        _declared(operations, plan, before) if before else None,
        dict(plan.options.get("path", {})),
        PlainWriter(book, plan.request),
        PlainReader(book, plan.reply),
    )


def _declared(operations: dict[str, RestOperation], plan: Plan, name: str) -> RestOperation:
    try:
        return operations[name]
    except KeyError as error:
        raise MappingWrong(f"{plan.where}: the contract has no operation {name!r}") from error


def problem(compiled: Compiled, reply: HttpReply) -> JSON:
    """A problem document (RFC 9457) as the contract declares it for this status; raises Violation."""
    value = compiled.contract.read(reply.status, reply.headers, reply.media_type, reply.body)
    if not isinstance(value, dict):
        raise Violation("the answer is not a problem document", line=1)
    return value
