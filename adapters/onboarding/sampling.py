"""Canonical values made from the contract: a sample of the agency's message, read by the mapping's rules."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from lxml import etree

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import outline
from adapters.contracts.markup import parse
from adapters.contracts.outline import Node
from adapters.contracts.rest_operation import RestOperation
from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured
from adapters.mapping.load import compiled, mapping
from adapters.mapping.paths import as_text, getter, setter
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import Plan
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_codec import XmlReader, XmlWriter
from adapters.ports import JSON
from adapters.samples import records
from adapters.samples import source as sources
from adapters.samples.json_schema import JsonSampler
from adapters.samples.source import RecordSource, RestSource, SoapSource, Source, XmlSource
from adapters.samples.text import NoExample

SAMPLES = "samples.json"  # in a connection's folder: operation -> a canonical value that its agency accepts
SEEDS = 8


class Connection:
    """A connection taken apart for its integrator: contract, rules, and samples of what goes over it."""

    def __init__(self, spec: ConnectionSpec) -> None:
        """Raises Misconfigured, ContractUnreadable."""
        self.spec = spec
        self.book, self.plans, _ = mapping(spec)
        self._lenient = _lenient(self.book)
        self.source: Source | None = None
        if spec.settings.get("contract"):
            self.source = sources.read(spec.contract, spec.folder)

    def contract(self) -> Source:
        """The contract; raises Misconfigured where the connection has none."""
        if self.source is None:
            raise Misconfigured(
                self.spec.key, "connection.toml names no contract: there is nothing to hold it to"
            )
        return self.source

    def values(self) -> dict[str, JSON]:
        """A canonical value for each operation: as ``samples.json`` has it, else made from the contract.

        Raises Misconfigured.
        """
        kept = self._kept()
        return {name: kept.get(name) or self.value(plan) for name, plan in self.plans.items()}

    def is_sendable(self, name: str, value: JSON) -> bool:
        """Whether a value is all that an operation needs; one that the call itself fills needs none."""
        own = (path for rule in self.plans[name].request for path in (rule.canonical, *rule.join))
        return bool(value) or all(not path or path.startswith("@") for path in own)

    def _kept(self) -> dict[str, JSON]:
        path = self.spec.folder / SAMPLES
        if not path.is_file():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Misconfigured(self.spec.key, f"{SAMPLES} cannot be read: {error}") from error
        if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
            raise Misconfigured(self.spec.key, f"{SAMPLES} must hold an object for each operation")
        strangers = [name for name in found if name not in self.plans]
        if strangers:
            known = ", ".join(self.plans)
            raise Misconfigured(
                self.spec.key, f"{SAMPLES}: there is no operation {', '.join(strangers)}; there is {known}"
            )
        return found

    def value(self, plan: Plan, *, full: bool | None = None, seed: int = 0) -> JSON:
        """A canonical value made from the contract, {} where the mapping cannot read a sample of it.

        ``full`` fills everything that the contract allows, or only what it needs; another ``seed``, another
        value.
        Raises Misconfigured where it cannot be compiled.
        """
        for turn in range(seed, seed + SEEDS):
            try:
                whole = turn % 2 == 0 if full is None else full
                return _bare(compiled(self.spec, partial(self._read, plan, turn, whole)))
            except (Unfit, NoExample):
                continue
        return {}

    def again(self, plan: Plan, value: JSON) -> JSON | None:
        """The value after it went to the agency's words and back; None where the kind has no such form.

        Raises Unfit, MappingWrong.
        """
        if isinstance(self.source, SoapSource | XmlSource):
            node = self.node(plan)
            writer = XmlWriter(self.book, node, plan.request, is_root=True)
            element = etree.fromstring(writer.body(_with_call(value)))
            return _bare(XmlReader(self.book, node, plan.request).read(element))
        if self.source is None:
            return None
        sent = PlainWriter(self.book, plan.request).build(_with_call(value))
        back = PlainReader(self.book, plan.request).read(sent)
        for path in plan.options.get("path", {}).values():  # what the address carries comes back with it
            found = None if path.startswith("@") else getter(path)(value)
            if found is not None:
                setter(path)(back, as_text(found))
        return _bare(back)

    def breaks(self, plan: Plan, value: JSON) -> bool:
        """Whether the contract forbids what a value becomes by the rules; raises MappingWrong.

        Of records it is not said here: a layout may cut what is too long.
        """
        try:
            if isinstance(self.source, SoapSource | XmlSource):
                writer = XmlWriter(self.book, self.node(plan), plan.request, is_root=True)
                self._xml().validator.check(parse(writer.body(_with_call(value)).encode()))
            elif isinstance(self.source, RestSource):
                self._insist_on_rest(plan, value, self.source.operations[plan.call])
        except (Unfit, Violation):
            return True
        return False

    @property
    def knows_what_breaks(self) -> bool:
        """Whether :meth:`breaks` can say so."""
        return not isinstance(self.source, RecordSource)

    def _insist_on_rest(self, plan: Plan, value: JSON, operation: RestOperation) -> None:
        found = {name: getter(path)(value) for name, path in plan.options.get("path", {}).items()}
        absent = [name for name, one in found.items() if one is None]
        if absent:
            raise Unfit(absent[0], "is required by the agency")
        operation.url({name: as_text(one) for name, one in found.items()})
        if operation.body is not None:
            built = PlainWriter(self.book, plan.request).build(_with_call(value))
            operation.check_request(built.get(".", built))

    def node(self, plan: Plan) -> Node:
        """The outline of an XML request; raises MappingWrong."""
        name = self.request_element(plan)
        found = None if name is None or self.source is None else outline.root(self._xml().schemas, name)
        if found is None:
            raise MappingWrong(f"{plan.name}: the contract has no operation {plan.call!r}")
        return found

    def request_element(self, plan: Plan) -> str | None:
        """Clark name of the request's element."""
        if isinstance(self.source, SoapSource):
            operation = self.source.wsdl.operations.get(plan.call)
            return None if operation is None else operation.request
        declared = self._xml().schemas.declared.get("element", {})
        return next((name for name in declared if name.rpartition("}")[2] == plan.call), None)

    def _xml(self) -> Any:
        if not isinstance(self.source, SoapSource | XmlSource):
            raise Misconfigured(self.spec.key, "the contract has no XML messages")
        return self.source.xml

    def _read(self, plan: Plan, seed: int, full: bool) -> JSON:
        if isinstance(self.source, SoapSource | XmlSource):
            name = self.request_element(plan)
            if not name:
                return {}
            element = self._xml().sample(name, full=full, seed=seed)
            return XmlReader(self._lenient, self.node(plan), plan.request).read(element)
        if isinstance(self.source, RestSource):
            return self._read_rest(plan, seed, full, self.source)
        if isinstance(self.source, RecordSource):
            form = self.source.layouts["file"]
            chance = random.Random(seed)  # noqa: S311 - examples, not secrets
            return PlainReader(self._lenient, plan.request).read(
                dict(records.record(form, form.records[plan.call], chance, full=full))
            )
        return {}

    def _read_rest(self, plan: Plan, seed: int, full: bool, source: RestSource) -> JSON:
        operation = source.operations.get(plan.call)
        if operation is None:
            raise Unfit("", "no such operation")
        value: JSON = {}
        if operation.body is not None:
            body = JsonSampler(operation.body, full=full, seed=seed).value()
            whole = body if isinstance(body, dict) else {".": body}
            value = PlainReader(self._lenient, plan.request).read(whole)
        for name, path in plan.options.get("path", {}).items():
            declared = next((one for one in operation.declared if one.name == name), None)
            if declared is None:
                raise Unfit("", f"the contract has no parameter {name}")
            setter(path)(value, str(JsonSampler(declared.validator, seed=seed).value()))
        return value


def _lenient(book: RuleBook) -> RuleBook:
    """The rules by which samples are read: a code made up by chance becomes the first word of its list."""
    codes = {
        name: replace(one, default_canonical=one.default_canonical or next(iter(one.to_agency)))
        if one.to_agency
        else one
        for name, one in book.codes.items()
    }
    return replace(book, codes=codes)


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """What a round trip changed, a line each."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            yield from differences(before.get(name), after.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif before != after:
        yield f"{path}: {before!r} came back as {after!r}"


def _with_call(value: JSON) -> JSON:
    return {"@idempotency_key": "sample", "@correlation_id": "sample", "@reference": "sample", **value}


def _bare(value: JSON) -> JSON:
    """Without what the call itself fills."""
    return {name: one for name, one in value.items() if not name.startswith("@")}
