"""Item definitions: the named types of a model, with components, collections and allowed values."""

from collections.abc import Callable, Iterator
from typing import Any

from onestop.lib.markup import Element
from workflows.expressions import Budget, ExpressionError, Feel, compile_tests, environment, native
from workflows.expressions.moments import Date, DateTime, Time
from workflows.expressions.moments_text import read_date, read_date_time, read_duration, read_time
from workflows.expressions.types import SIMPLE, Type, is_of

DEEPEST = 30
_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_date_time,
    "days and time duration": read_duration,
    "years and months duration": read_duration,
}


class Items:
    """The types of one model, made when they are first asked for."""

    def __init__(self, root: Element, imported: "dict[str, Items]", lose: Callable[[str, str], None]) -> None:
        self._xml = {one.get("name"): one for one in root.elements("itemDefinition")}
        self._imported = imported
        self._made: dict[str, Type] = {}
        self._lose = lose
        self._depth = 0
        for name in self._xml:
            self.type(name)

    def names(self) -> Iterator[str]:
        """The names of all components, which paths may read."""
        for one in self._xml.values():
            for inner in one.walk():
                if inner.local == "itemComponent":
                    yield " ".join(inner.get("name").split())
        for other in self._imported.values():
            yield from other.names()

    def types(self) -> dict[str, Type]:
        """All named types, those of imported models under ``import.name``."""
        found = {name: self.type(name) for name in self._xml}
        for prefix, other in self._imported.items():
            found.update({f"{prefix}.{name}" if prefix else name: one for name, one in other.types().items()})
        return {name: one for name, one in found.items() if one is not None}

    def bare_types(self) -> dict[str, Type]:
        """All named types without their allowed values, which ``instance of`` leaves aside."""
        return {name: bare(one) for name, one in self.types().items()}

    def type(self, reference: str) -> Type | None:
        """The type that a reference means; None for none, or where any value may stand."""
        reference = " ".join(reference.split())
        if reference in self._made:
            return self._made[reference]
        if reference in self._xml and self._depth < DEEPEST:
            self._depth += 1
            made = self._item(self._xml[reference], reference)
            self._depth -= 1
            self._made[reference] = made
            return made
        prefix, _, name = reference.partition(".")
        if prefix in self._imported and name:
            return self._imported[prefix].type(name)
        if "" in self._imported and (found := self._imported[""].type(reference)) is not None:
            return found
        local = reference.rpartition(":")[2]
        if local != reference and local in self._xml:
            return self.type(local)
        simple = SIMPLE.get(local)
        return Type(simple) if simple is not None and simple != "Any" else None

    def allowed(self, reference: str) -> str:
        """The text of the allowed values of a named type, or ""."""
        one = self._xml.get(reference.rpartition(":")[2])
        limit = None if one is None or one.get("isCollection") == "true" else one.first("allowedValues")
        return "" if limit is None else limit.words_of("text")

    def _item(self, one: Element, where: str) -> Type:
        components = list(one.elements("itemComponent"))
        function = one.first("functionItem")
        base = Type("Any")
        if components:
            fields = [(" ".join(inner.get("name").split()), self._item(inner, where)) for inner in components]
            base = Type("context", fields=tuple(fields))
        elif function is not None:
            parts = tuple(self._named(inner.get("typeRef")) for inner in function.elements("parameters"))
            base = Type("function", parts, gives=self._named(function.get("outputTypeRef")))
        elif reference := one.words_of("typeRef") or one.get("typeRef"):
            base = self._named(reference)
        base = self._limited(base, one.first("allowedValues"), where)
        if one.get("isCollection") == "true":
            base = Type("list", (base,))
        return self._limited(base, one.first("typeConstraint"), where)

    def _named(self, reference: str) -> Type:
        return self.type(reference) or Type("Any")

    def _limited(self, base: Type, allowed: Element | None, where: str) -> Type:
        source = "" if allowed is None else allowed.words_of("text")
        if not source:
            return base
        try:
            tests = compile_tests(source, (), types={})
        except ExpressionError as error:
            self._lose(f"type {where!r}", f"its allowed values {source!r} cannot be read: {error}")
            return base
        return Type(base.name, base.parts, base.fields, base.gives, _check(base, tests))


def bare(one: Type) -> Type:
    """A type without the checks of allowed values, all the way in."""
    fields = tuple((name, bare(inner)) for name, inner in one.fields)
    return Type(one.name, tuple(map(bare, one.parts)), fields, bare(one.gives) if one.gives else None)


def _check(base: Type, tests: Feel) -> Callable[[Any], bool]:
    return lambda value: (
        (base.name == "Any" or is_of(value, base)) and tests.passes(value, environment({}, budget=Budget()))
    )


def fitted(value: Any, wanted: Type | None) -> tuple[bool, Any]:
    """Whether a value fits a type, and the value as it (DMN 1.4, 10.3.2.9.4: implicit conversions)."""
    if wanted is None or value is None:
        return True, value
    if wanted.name == "date and time" and isinstance(value, Date):
        value = DateTime(value, Time(0, 0))
    if _is(value, wanted):
        return True, value
    if isinstance(value, list) and len(value) == 1 and _is(value[0], wanted):
        return True, value[0]
    if wanted.name == "list" and not isinstance(value, list) and _is([value], wanted):
        return True, [value]
    return False, None


def _is(value: Any, wanted: Type) -> bool:
    if wanted.check is None and wanted.name == "Any":
        return True
    return is_of(value, wanted)


def typed(value: Any, wanted: Type | None) -> Any:
    """A value of JSON as a type has it: texts as dates and durations, all the way in."""
    found = native(value)
    if wanted is None:
        return found
    if wanted.name in _READERS and isinstance(found, str):
        read = _READERS[wanted.name](found)
        return found if read is None else read
    if wanted.name == "list" and isinstance(found, list) and wanted.parts:
        return [typed(item, wanted.parts[0]) for item in found]
    if wanted.name == "context" and isinstance(found, dict):
        fields = dict(wanted.fields)
        return {name: typed(item, fields.get(name)) for name, item in found.items()}
    return found
