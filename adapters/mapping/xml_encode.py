"""Canonical values to XML text. The text is parsed and checked against the contract before it leaves.

Text is built rather than a tree: a tag costs one append, and the bytes checked are the bytes that go.
Every value is escaped in one place, ``xml_text.escape``; names come from the contract alone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.contracts.markup import XSI
from adapters.contracts.outline import Node
from adapters.mapping import values
from adapters.mapping.conditions import condition
from adapters.mapping.paths import Step, as_text, getter, head, lister, step
from adapters.mapping.rules import MappingWrong, Rule, RuleBook, Rules
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_nodes import narrowed, stands_at, typed_hint
from adapters.mapping.xml_text import Prefixes, escape

Write = Callable[[list[str], Any], None]


class Compiler:
    """Compiles the rules of one message. ``typed`` writes ``xsi:type`` on every element below the root."""

    def __init__(self, book: RuleBook, prefixes: Prefixes, *, typed: bool = False) -> None:
        self.book = book
        self.prefixes = prefixes
        self.typed = typed

    def message(self, node: Node, rules: Rules, attributes: str = "") -> Write:
        """The function that writes the whole message element."""
        branch = self._branch(node, rules, "", is_message=True)
        return self._element(node, branch, self.prefixes.name(node.tag) + attributes)

    def header(self, node: Node, rules: Rules) -> Write:
        """The function that writes one header block; its rules begin with the block's name."""
        name = self.prefixes.name(node.tag)
        inner = tuple(replace(rule, agency=rest) for rule in rules if (rest := head(rule.agency)[1]))
        whole = [self._leaf(node, rule, name) for rule in rules if not head(rule.agency)[1]]
        return _in_turn(
            [*whole, self._element(node, self._branch(node, inner, node.name), name)] if inner else whole
        )

    def _branch(
        self, node: Node, rules: Rules, place: str, *, is_message: bool = False
    ) -> tuple[list[Write], list[Write]]:
        """Writers of a node's attributes and of its children, in contract order.

        A part of the message itself that must be there, and may hold nothing, needs no rule.
        """
        here: dict[str, list[tuple[str, Rule]]] = {}
        for rule in rules:
            if rule.agency:
                first, rest = head(rule.agency)
                here.setdefault(first, []).append((rest, rule))
        attributes = [
            self._attribute(found.tag, found.required, rule)
            for found in node.attributes
            for _, rule in here.pop(f"@{found.name}", [])
        ]
        text = [self._text(rule, True) for _, rule in here.pop(".", [])]
        chosen = [(step(first, 1), entries) for first, entries in here.items()]
        chosen.sort(key=lambda pair: pair[0].index or 0)
        children: list[Write] = []
        for part in node.content:
            before = len(children)
            for pair in list(chosen):
                child = stands_at(node, part, pair[0].name)
                if child is not None:
                    chosen.remove(pair)
                    children.append(self._chosen(child, *pair))
            if is_message and before == len(children) and isinstance(part, Node) and part.may_hold_nothing:
                children.append(_as_it_is(f"<{self._start(part)}/>"))
        if chosen:
            first_rule = chosen[0][1][0][1]
            lost = ", ".join(sorted(one.name for one, _ in chosen))
            where = f"{first_rule.origin}: " if first_rule.origin else ""
            raise MappingWrong(
                f"{where}{place or node.name}: the contract has no {lost}{typed_hint(node, lost)}"
            )
        return attributes, [*text, *children]

    def _chosen(self, node: Node, one: Step, entries: list[tuple[str, Rule]]) -> Write:
        """One of several elements of a name: what it is chosen by goes with it, if anything else does."""
        if one.type:
            return self._child(narrowed(node, one, entries[0][1]), entries)
        if not one.key:
            return self._child(node, entries)
        if any(rest == one.key for rest, _ in entries):
            return self._child(node, entries)
        mark = Rule(agency=one.key, constant=one.word, origin=entries[0][1].origin)
        if all(rule.use or rule.each in self.book.shapes for _, rule in entries):
            return _in_turn(
                [self._leaf(node, rule, self.prefixes.name(node.tag), (mark,)) for _, rule in entries]
            )
        whole = self._child(node, [*entries, (one.key, mark)])
        bare = self._child(node, entries)

        def write(out: list[str], value: Any) -> None:
            probe: list[str] = []
            bare(probe, value)
            if probe:
                whole(out, value)

        return write

    def _child(self, node: Node, entries: list[tuple[str, Rule]]) -> Write:
        name = self._start(node)
        if any(rest for rest, _ in entries):
            inner = tuple(replace(rule, agency=rest or ".") for rest, rule in entries)
            return _if_any(node, entries, self._element(node, self._branch(node, inner, node.name), name))
        writers = [self._leaf(node, rule, name) for _, rule in entries]
        return writers[0] if len(writers) == 1 else _in_turn(writers)

    def _start(self, node: Node) -> str:
        """What stands in a start tag: the name, and ``xsi:type`` where it is to be said."""
        name = self.prefixes.name(node.tag)
        if node.is_narrowed:
            name += f' {self.prefixes.name(f"{XSI}type")}="{self.prefixes.name(node.type_name)}"'
        elif self.typed and node.type_name:
            name += f' xsi:type="{self.prefixes.name(node.type_name)}"'
        return name

    def _leaf(self, node: Node, rule: Rule, name: str, marks: Rules = ()) -> Write:
        if rule.use:
            shape = (*self.book.shapes[rule.use], *marks)
            inner = self._element(node, self._branch(node, shape, node.name), name)
            get, missing = getter(rule.canonical), self._missing(node, rule.canonical, name)
            return _conditional(rule, _object(get, inner, rule.canonical, missing))
        if rule.each == "value":
            values_of = self._list_text if node.is_list and not node.repeats else self._values
            return _conditional(rule, values_of(rule, name, node.required))
        if rule.each:
            shape = (*self.book.shapes[rule.each], *marks)
            inner = self._element(node, self._branch(node, shape, node.name), name)
            return _conditional(rule, _objects(lister(rule.canonical), inner, rule.canonical, node.required))
        if not node.is_text:
            raise MappingWrong(f"{rule}: {node.name} holds elements, not a value; say use")
        if not (node.nillable and node.required):
            return _tagged(name, self._text(rule, node.required))
        return _tagged(name, self._text(rule, False), self._missing(node, rule.source, name))

    def _missing(self, node: Node, path: str, name: str) -> Write:
        """What stands for a value that is absent: nothing, ``xsi:nil``, or a refusal."""
        if not node.required:
            return _nothing
        if node.nillable:
            nil = f'<{name} {self.prefixes.name(f"{XSI}nil")}="true"/>'
            return lambda out, value: out.append(nil)

        def refuse(out: list[str], value: Any) -> None:
            raise Unfit(path, "is required by the agency")

        return refuse

    def _element(self, node: Node, branch: tuple[list[Write], list[Write]], name: str) -> Write:
        attributes, children = branch
        opened, closed = f"<{name}>", f"</{name.partition(' ')[0]}>"
        start = f"<{name}"

        def write(out: list[str], value: Any) -> None:
            mark = len(out)
            if attributes:
                out.append(start)
                for one in attributes:
                    one(out, value)
                used = len(out) > mark + 1
                out.append(">")
            else:
                out.append(opened)
                used = False
            body = len(out)
            for one in children:
                one(out, value)
            if len(out) > body or used or node.required:
                out.append(closed)
            else:
                del out[mark:]

        return write

    def _text(self, rule: Rule, required: bool) -> Write:
        if rule.constant is not None:
            constant = escape(as_text(rule.constant))
            return _conditional(rule, lambda out, value: out.append(constant))
        return _conditional(rule, self._single(rule, required and not rule.when and rule.part is None))

    def _single(self, rule: Rule, required: bool) -> Write:
        get, path = values.source(rule), rule.source
        default = None if rule.default is None else escape(as_text(rule.default))
        convert = values.outward(rule, self.book)

        def write(out: list[str], value: Any) -> None:
            found = get(value)
            if found is None:
                if default is not None:
                    out.append(default)
                elif required:
                    raise Unfit(path, "is required by the agency")
                return
            try:
                out.append(escape(convert(found)))
            except Unfit as fault:
                raise fault.under(path) if fault.path else Unfit(path, fault.message) from None

        return write

    def _attribute(self, tag: str, required: bool, rule: Rule) -> Write:
        text = self._text(rule, required)
        start = f' {self.prefixes.name(tag)}="'

        def write(out: list[str], value: Any) -> None:
            mark = len(out)
            out.append(start)
            text(out, value)
            if len(out) == mark + 1:
                del out[mark:]
            else:
                out.append('"')

        return write

    def _list_text(self, rule: Rule, name: str, required: bool) -> Write:
        """An ``xs:list``: one element whose text holds all values."""
        get, path = lister(rule.canonical), rule.canonical
        convert = values.outward(rule, self.book)

        def text(out: list[str], value: Any) -> None:
            parts = []
            for index, one in enumerate(_list(get(value), path, required)):
                try:
                    parts.append(escape(convert(one)))
                except Unfit as fault:
                    raise Unfit(f"{path}[{index}]", fault.message) from None
            if parts:
                out.append(" ".join(parts))

        return _tagged(name, text)

    def _values(self, rule: Rule, name: str, required: bool) -> Write:
        get, path = lister(rule.canonical), rule.canonical
        convert = values.outward(rule, self.book)
        opened, closed = f"<{name}>", f"</{name.partition(' ')[0]}>"

        def write(out: list[str], value: Any) -> None:
            found = _list(get(value), path, required)
            for index, one in enumerate(found):
                try:
                    out.append(f"{opened}{escape(convert(one))}{closed}")
                except Unfit as fault:
                    raise Unfit(f"{path}[{index}]", fault.message) from None

        return write


def _if_any(node: Node, entries: list[tuple[str, Rule]], write: Write) -> Write:
    """An optional part of which the value has nothing is left out, whatever it would require."""
    if node.required:
        return write
    sources = [getter(path) for _, rule in entries for path in (rule.canonical, *rule.join) if path]

    def write_if_any(out: list[str], value: Any) -> None:
        mark = len(out)
        try:
            write(out, value)
        except Unfit:
            if any(get(value) is not None for get in sources):
                raise
            del out[mark:]

    return write_if_any


def _nothing(out: list[str], value: Any) -> None:
    """An optional element is left out."""


def _as_it_is(text: str) -> Write:
    return lambda out, value: out.append(text)


def _tagged(name: str, text: Write, missing: Write = _nothing) -> Write:
    opened, closed = f"<{name}>", f"</{name.partition(' ')[0]}>"

    def write(out: list[str], value: Any) -> None:
        out.append(opened)
        mark = len(out)
        text(out, value)
        if len(out) == mark:
            out.pop()
            missing(out, value)
        else:
            out.append(closed)

    return write


def _in_turn(writers: list[Write]) -> Write:
    """Several rules for one place: conditions choose, so all are tried."""

    def write(out: list[str], value: Any) -> None:
        for one in writers:
            one(out, value)

    return write


def _conditional(rule: Rule, write: Write) -> Write:
    if not rule.when:
        return write
    holds = condition(rule.when)

    def conditional(out: list[str], value: Any) -> None:
        if holds(value):
            write(out, value)

    return conditional


def _object(get: Any, inner: Write, path: str, missing: Write) -> Write:
    def write(out: list[str], value: Any) -> None:
        found = get(value)
        if found is None:
            missing(out, value)
            return
        if not isinstance(found, dict):
            raise Unfit(path, "is not an object with fields")
        try:
            inner(out, found)
        except Unfit as fault:
            raise fault.under(path) from None

    return write


def _objects(get: Any, inner: Write, path: str, required: bool) -> Write:
    def write(out: list[str], value: Any) -> None:
        for index, one in enumerate(_list(get(value), path, required)):
            if not isinstance(one, dict):
                raise Unfit(f"{path}[{index}]", "is not an object with fields")
            try:
                inner(out, one)
            except Unfit as fault:
                raise fault.under(f"{path}[{index}]") from None

    return write


def _list(found: Any, path: str, required: bool) -> list[Any]:
    if found is None or found == []:
        if required:
            raise Unfit(path, "is required by the agency")
        return []
    if not isinstance(found, list):
        raise Unfit(path, "is not a list")
    return found
