"""XML elements to canonical values: one table of tags an element, walked once.

Received elements were checked against the contract before; what no rule names is passed over.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.contracts.markup import XSI
from adapters.contracts.outline import Node
from adapters.mapping import values
from adapters.mapping.conditions import condition
from adapters.mapping.paths import Getter, Setter, Step, agency_steps, appender, head, setter, starter, step
from adapters.mapping.rules import MappingWrong, Rule, RuleBook, Rules
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_nodes import narrowed

Handle = Callable[[Any, dict[str, Any]], None]


class Reader:
    """Reads one element into a canonical object. Compiled from rules; holds no state of a message."""

    __slots__ = ("attributes", "conditional", "constants", "finish", "lists", "own", "table")

    def __init__(self) -> None:
        # tag -> (key, convert) for plain text, or a function(element, out)
        self.table: dict[str, Any] = {}
        self.attributes: list[tuple[str, Setter, Any]] = []
        self.own: list[Handle] = []  # the text of the element itself
        self.constants: list[tuple[Setter, Any]] = []
        self.lists: list[Callable[[dict[str, Any]], None]] = []  # an empty list says that there are none
        self.conditional: list[tuple[Callable[[Any], bool], Reader]] = []
        self.finish: list[Callable[[dict[str, Any]], None]] = []

    def read(self, element: Any, out: dict[str, Any]) -> dict[str, Any]:
        """Fill ``out`` from an element; raises Unfit with the agency's name of the field."""
        for put, constant in self.constants:
            put(out, constant)
        for start in self.lists:
            start(out)
        for name, put, convert in self.attributes:
            value = element.get(name)
            if convert and value is not None:
                value = convert(value)
            if value is not None:
                put(out, value)
        for handle in self.own:
            handle(element, out)
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
        for holds, reader in self.conditional:
            if holds(element):
                reader.read(element, out)
        for finish in self.finish:
            finish(out)
        return out

    def add(self, tag: str, entry: Any) -> None:
        """Read a tag also by this entry; most tags have one."""
        known = self.table.get(tag)
        self.table[tag] = entry if known is None else _both(_handle(known), _handle(entry))


def compile_reader(book: RuleBook, node: Node, rules: Rules) -> Reader:
    """Compile the rules of one message; raises MappingWrong where the contract has no such place."""
    reader = _compile(book, node, tuple(rule for rule in rules if not rule.when_agency))
    for rule in rules:
        if rule.when_agency:
            holds = condition(rule.when_agency, lambda path: _text_at(node, path))
            reader.conditional.append((holds, _compile(book, node, (rule,))))
    reader.finish = values.finishers(rules)
    return reader


def _compile(book: RuleBook, node: Node, rules: Rules) -> Reader:
    reader = Reader()
    branches: dict[str, list[Rule]] = {}
    for rule in rules:
        if not rule.agency:
            reader.constants.append((setter(rule.canonical), rule.constant))
            continue
        first, rest = head(rule.agency)
        if first == ".":
            reader.own.append(_handle(_entry(book, node, rule)))
        elif first.startswith("@"):
            reader.attributes.append(_attribute(book, node, rule))
        elif rest:
            branches.setdefault(first, []).append(replace(rule, agency=rest))
        elif rule.constant is None:
            one = step(first, 1)
            child = _child(node, one, rule)
            reader.add(child.tag, _only(one, child, _entry(book, child, rule)))
            if rule.each:
                reader.lists.append(starter(rule.canonical))
    for first, below in branches.items():
        one = step(first, 1)
        child = _child(node, one, below[0])
        reader.add(child.tag, _only(one, child, _compile(book, child, tuple(below)).read))
    return reader


def _entry(book: RuleBook, node: Node, rule: Rule) -> Any:
    if rule.use:
        handle = _into_object(compile_reader(book, node, book.shapes[rule.use]), setter(rule.canonical))
        return _unless_nil(handle) if node.nillable else handle
    if rule.each == "value" and node.is_list and not node.repeats:
        return _into_list(appender(rule.canonical), values.inward(rule, book))
    if rule.each == "value":
        return _into_values(appender(rule.canonical), values.inward(rule, book))
    if rule.each:
        return _into_objects(compile_reader(book, node, book.shapes[rule.each]), appender(rule.canonical))
    if rule.type == "present":
        return _into_presence(setter(rule.canonical))
    convert = _named(values.inward(rule, book), node.name)
    if node.text_type is not None and node.text_type.builtin == "base64Binary":
        convert = _unbroken(convert)
    if rule.join:
        return (values.splitter(rule), convert)
    if rule.part:
        return (values.collector(rule), convert)
    key: Any = rule.canonical if rule.canonical.isidentifier() else setter(rule.canonical)
    return (key, convert)


def _handle(entry: Any) -> Handle:
    """A table's entry as a function of the element."""
    if entry.__class__ is not tuple:
        handle: Handle = entry
        return handle
    key, convert = entry
    put = setter(key) if isinstance(key, str) else key

    def read(element: Any, out: dict[str, Any]) -> None:
        text = element.text
        value = None if text is None else convert(text.strip()) if convert else text.strip()
        if value is not None:
            put(out, value)

    return read


def _both(first: Handle, second: Handle) -> Handle:
    def handle(element: Any, out: dict[str, Any]) -> None:
        first(element, out)
        second(element, out)

    return handle


def _only(one: Step, node: Node, entry: Any) -> Any:
    """The entry for those elements alone that a step chooses, by place or by a text within."""
    if not one.chooses:
        return entry
    handle, index, word = _handle(entry), one.index, one.word
    if one.type:
        return _only_of_type(handle, node.type_name)
    get = _text_at(node, one.key) if one.key else None

    def choose(element: Any, out: dict[str, Any]) -> None:
        if get is not None:
            fits = (get(element) or "") == word
        else:
            fits = sum(1 for _ in element.itersiblings(element.tag, preceding=True)) == index
        if fits:
            handle(element, out)

    return choose


def _only_of_type(handle: Handle, name: str) -> Handle:
    """For elements alone whose ``xsi:type`` is this Clark name."""

    def choose(element: Any, out: dict[str, Any]) -> None:
        prefix, colon, local = (element.get(f"{XSI}type") or "").strip().rpartition(":")
        uri = element.nsmap.get(prefix if colon else None)
        if (f"{{{uri}}}{local}" if uri else local) == name:
            handle(element, out)

    return choose


def _text_at(node: Node, path: str) -> Getter:
    """The text of an element or attribute below ``node``; raises MappingWrong where the contract has none."""
    tags: list[str] = []
    for one in agency_steps(path):
        if one.name.startswith("@"):
            attribute = node.attribute(one.name[1:])
            if attribute is None:
                raise MappingWrong(f"the contract has no such attribute on {node.name}: {path}")
            return _attribute_at("/".join(tags), attribute.tag)
        child = node.child(one.name)
        if child is None:
            raise MappingWrong(f"the contract has no {one.name} in {node.name}: {path}")
        node = narrowed(child, one, Rule(agency=path)) if one.type else child
        tags.append(child.tag if one.index is None else f"{child.tag}[{one.index + 1}]")
    place = "/".join(tags)
    return lambda element: (element.findtext(place) or "").strip() or None


def _attribute_at(place: str, tag: str) -> Getter:
    def get(element: Any) -> Any:
        found = element.find(place) if place else element
        return None if found is None else found.get(tag)

    return get


def _unless_nil(handle: Handle) -> Handle:
    """An object that says ``xsi:nil`` is absent."""

    def read(element: Any, out: dict[str, Any]) -> None:
        if element.get(f"{XSI}nil") not in {"true", "1"}:
            handle(element, out)

    return read


def _into_list(append: Setter, convert: Any) -> Handle:
    """The values of an ``xs:list``, which one text holds."""

    def handle(element: Any, out: dict[str, Any]) -> None:
        for part in (element.text or "").split():
            append(out, convert(part) if convert else part)

    return handle


def _unbroken(convert: Any) -> Any:
    """Base64 as one line, however the agency broke it."""
    return lambda text: convert("".join(text.split())) if convert else "".join(text.split())


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


def _into_presence(put: Setter) -> Handle:
    return lambda element, out: put(out, True)


def _into_object(reader: Reader, put: Setter) -> Any:
    def handle(element: Any, out: dict[str, Any]) -> None:
        put(out, reader.read(element, {}))

    return handle


def _into_objects(reader: Reader, append: Setter) -> Handle:
    def handle(element: Any, out: dict[str, Any]) -> None:
        append(out, reader.read(element, {}))

    return handle


def _into_values(append: Setter, convert: Any) -> Handle:
    def handle(element: Any, out: dict[str, Any]) -> None:
        text = (element.text or "").strip()
        append(out, convert(text) if convert else text)

    return handle


def _attribute(book: RuleBook, node: Node, rule: Rule) -> tuple[str, Setter, Any]:
    found = node.attribute(rule.agency[1:])
    if found is None:
        raise MappingWrong(f"{rule}: the contract has no such attribute on {node.name}")
    return found.tag, setter(rule.canonical), _named(values.inward(rule, book), found.name)


def _child(node: Node, one: Step, rule: Rule) -> Node:
    child = node.child(one.name)
    if child is None:
        raise MappingWrong(f"{rule}: the contract has no {one.name} in {node.name}")
    return narrowed(child, one, rule) if one.type else child
