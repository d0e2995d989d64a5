"""One REST operation, compiled: its address, its body, and the reading of its answers."""

from dataclasses import dataclass
from typing import Any

from adapters.contracts.openapi import RestOperation, required_paths
from adapters.contracts.openapi_content import NOT_WRITTEN
from adapters.egress import HttpReply
from adapters.mapping import report
from adapters.mapping.paths import as_text, getter
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import Plan, locate
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON

WHOLE = "."  # in a mapping: a body that is one value, or a list


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

    def write(self, source: JSON) -> tuple[str, bytes]:
        """The body's type and octets, checked; b"" where none is sent. Raises Unfit or Violation."""
        content = self.contract.content
        if content is None or not self.has_body:
            return "", b""
        built = self.writer.build(source)
        if content.is_whole and WHOLE not in built:
            raise Unfit(self.canonical_path(""), "is required by the agency")
        value = built[WHOLE] if content.is_whole else built
        content.check(value)
        return content.write(value)

    @property
    def has_body(self) -> bool:
        """False where the contract lets the body go, and no rule fills it."""
        return self.contract.needs_body or any(rule.agency for rule in self.plan.request)

    def read(self, reply: HttpReply) -> JSON:
        """The canonical value of an answer in order; raises Violation or Unfit."""
        value = received(self.contract, reply)
        return self.reader.read(value if isinstance(value, dict) else {} if value is None else {WHOLE: value})

    def canonical_path(self, place: str) -> str:
        """The canonical path behind a body's member or a path parameter."""
        if place in self.places:
            return self.places[place]
        content = self.contract.content
        if content is not None and content.is_whole:
            place = f"{WHOLE}/{place}" if place else WHOLE
        return locate(self.book, self.plan.request, place)

    def unmapped(self) -> list[str]:
        """Required members and parameters that no rule fills."""
        missing = [name for name in self.contract.needed if name not in self.places]
        if self.contract.content is None or not self.has_body:
            return missing
        return missing + report.unmapped(self.book, self.plan.request, required_paths(self.contract.content))


def compile_operation(operations: dict[str, RestOperation], book: RuleBook, plan: Plan) -> Compiled:
    """Compile one operation; raises MappingWrong."""
    before = plan.options.get("before")
    called = _declared(operations, plan, plan.call)
    if called.content is not None and called.content.remark == NOT_WRITTEN:
        raise MappingWrong(f"{plan.where}: a body of {called.content.media_type} is not written")
    return Compiled(
        plan,
        book,
        called,
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


def received(contract: RestOperation, reply: HttpReply) -> Any:
    """The checked value of an answer; raises Violation."""
    return contract.read(reply.status, reply.headers, reply.headers.get("Content-Type", ""), reply.body)
