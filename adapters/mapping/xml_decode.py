"""XML elements to canonical values: one table of tags an element, walked once.

Received elements were checked against the contract before; what no rule names is passed over.
"""

from dataclasses import replace
from typing import Any

from adapters.contracts.outline import Node
from adapters.mapping import values
from adapters.mapping.paths import Setter, setter
from adapters.mapping.rules import MappingWrong, Rule, RuleBook, Rules
from adapters.mapping.unfit import Unfit


class Reader:
    """Reads one element into a canonical object. Compiled from rules; holds no state of a message."""

    __slots__ = ("attributes", "constants", "lists", "table")

    def __init__(self) -> None:
        # tag -> (key, convert) for plain text, or a function(element, out)
        self.table: dict[str, Any] = {}
        self.attributes: list[tuple[str, Setter, Any]] = []
        self.constants: list[tuple[Setter, Any]] = []
        self.lists: list[Setter] = []  # an empty list says that there are none

    def read(self, element: Any, out: dict[str, Any]) -> dict[str, Any]:
        """Fill ``out`` from an element; raises Unfit with the agency's name of the field."""
        for put, constant in self.constants:
            put(out, constant)
        for put in self.lists:
            put(out, [])
        for name, put, convert in self.attributes:
            value = element.get(name)
            if convert and value is not None:
                value = convert(value)
            if value is not None:
                put(out, value)
        table = self.table
        for child in element:
            entry = table.get(child.tag)
            if entry is None:
                continue
            if entry.__class__ is tuple:
                text = child.text
                if text is None:
                    continue
                put, convert = entry
                value = convert(text.strip()) if convert else text.strip()
                if value is None:
                    continue
                if put.__class__ is str:
                    out[put] = value
                else:
                    put(out, value)
            else:
                entry(child, out)
        return out


def compile_reader(book: RuleBook, node: Node, rules: Rules) -> Reader:
    """Compile the rules of one message; raises MappingWrong where the contract has no such place."""
    reader = Reader()
    branches: dict[str, list[Rule]] = {}
    for rule in rules:
        if not rule.agency:
            reader.constants.append((setter(rule.canonical), rule.constant))
            continue
        head, _, rest = rule.agency.partition("/")
        if head.startswith("@"):
            reader.attributes.append(_attribute(book, node, rule))
        elif rest:
            branches.setdefault(head, []).append(replace(rule, agency=rest))
        elif rule.constant is None:
            child = _child(node, head, rule)
            reader.table[child.tag] = _entry(book, child, rule)
            if rule.each:
                reader.lists.append(setter(rule.canonical))
    for head, below in branches.items():
        child = _child(node, head, below[0])
        inner = compile_reader(book, child, tuple(below))
        reader.table[child.tag] = inner.read
    return reader


def _entry(book: RuleBook, node: Node, rule: Rule) -> Any:
    if rule.use:
        return _into_object(compile_reader(book, node, book.shapes[rule.use]), setter(rule.canonical))
    if rule.each == "value":
        return _into_values(rule.canonical, values.inward(rule, book))
    if rule.each:
        return _into_objects(compile_reader(book, node, book.shapes[rule.each]), rule.canonical)
    convert = _named(values.inward(rule, book), node.name)
    if rule.join:
        split = values.splitter(rule)
        return (split, convert)
    key: Any = rule.canonical if "." not in rule.canonical else setter(rule.canonical)
    return (key, convert)


def _named(convert: Any, name: str) -> Any:
    """The same conversion, whose faults name the agency's field."""
    if convert is None:
        return None

    def named(text: str) -> Any:
        try:
            return convert(text)
        except Unfit as fault:
            raise Unfit(name, fault.message) from None

    return named


def _into_object(reader: Reader, put: Setter) -> Any:
    def handle(element: Any, out: dict[str, Any]) -> None:
        put(out, reader.read(element, {}))

    return handle


def _into_objects(reader: Reader, path: str) -> Any:
    *parents, last = path.split(".")

    def handle(element: Any, out: dict[str, Any]) -> None:
        for name in parents:
            out = out.setdefault(name, {})
        out.setdefault(last, []).append(reader.read(element, {}))

    return handle


def _into_values(path: str, convert: Any) -> Any:
    *parents, last = path.split(".")

    def handle(element: Any, out: dict[str, Any]) -> None:
        text = (element.text or "").strip()
        for name in parents:
            out = out.setdefault(name, {})
        out.setdefault(last, []).append(convert(text) if convert else text)

    return handle


def _attribute(book: RuleBook, node: Node, rule: Rule) -> tuple[str, Setter, Any]:
    found = node.attribute(rule.agency[1:])
    if found is None:
        raise MappingWrong(f"{rule}: the contract has no such attribute on {node.name}")
    return found.tag, setter(rule.canonical), _named(values.inward(rule, book), found.name)


def _child(node: Node, name: str, rule: Rule) -> Node:
    child = node.child(name)
    if child is None:
        raise MappingWrong(f"{rule}: the contract has no {name} in {node.name}")
    return child
