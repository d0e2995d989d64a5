"""Bodies in XML that a JSON Schema describes, by its ``xml`` hints (OpenAPI 3.1.1, 4.8.26).

Elements are written in the order of the schema's members. A namespace is that of the schema that says it;
what says none is read with the namespace of its parent too, since servers write ``xmlns`` once for all.
"""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSI, local, parse
from adapters.contracts.media.schema_view import View, texted, typed, view
from adapters.contracts.media.xml_left import Left, attributes
from adapters.contracts.violation import Violation

MAX_DEPTH = 100
_NIL = f"{XSI}nil"


class XmlForm:
    """One schema's XML; ``name`` is the root's where the schema says none, "" takes any."""

    def __init__(self, media_type: str, schema: Any, at: Any) -> None:
        self.media_type = media_type
        self._views: dict[int, View] = {}
        self.root = self._view(schema, at)
        self.name = str(self.root.xml.get("name") or self.root.name)

    def write(self, value: Any) -> tuple[str, bytes]:
        """The document in UTF-8; raises Violation for a name that XML has not."""
        try:
            root = etree.Element(_tag(self.root, self.name or "root"), nsmap=_scope(self.root))
            self._fill(root, self.root, value, 0)
        except ValueError as error:
            raise Violation(f"cannot be written as XML: {error}") from error
        body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return self.media_type if "charset=" in self.media_type else f"{self.media_type}; charset=utf-8", body

    def read(self, content_type: str, body: bytes) -> Any:
        """The value; raises Violation with the line."""
        root = parse(body)
        wanted = _tag(self.root, self.name or local(root.tag))
        if local(root.tag) != local(wanted) or ("namespace" in self.root.xml and root.tag != wanted):
            raise Violation(f"the root element is {root.tag}, not {wanted}", line=root.sourceline or 0)
        return self._value(root, self.root, 0)

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The line of the deepest element on the way that is there."""
        here, seen = parse(body), self.root
        several: list[Any] = []
        for step in place:
            if isinstance(step, int):
                if not 0 <= step < len(several or here):
                    break
                here, seen = (several or here)[step], self._items(seen)
                continue
            seen = self._view(*seen.members[step]) if step in seen.members else View()
            own = str(seen.xml.get("name") or step)
            is_bare_list = seen.is_list and seen.xml.get("wrapped") is not True
            own = str(self._items(seen).xml.get("name") or step) if is_bare_list else own
            found = [one for one in here if local(one.tag) == own]
            if not found:
                break
            here, several = found[0], found if is_bare_list else []
        return here.sourceline or 0

    def _view(self, schema: Any, at: Any) -> View:
        if id(schema) not in self._views:  # schemas live as long as their validator
            self._views[id(schema)] = view(schema, at)
        return self._views[id(schema)]

    def _fill(self, element: Any, seen: View, value: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Violation("nested too deep")
        if value is None:
            element.set(_NIL, "true")
        elif isinstance(value, list):  # a root that is a list
            for one in value:
                self._add(element, self._item_name(seen), self._items(seen), one, depth)
        elif isinstance(value, dict):
            self._members(element, seen, value, depth)
        else:
            element.text = texted(value)

    def _members(self, element: Any, seen: View, value: dict[str, Any], depth: int) -> None:
        for name in [
            *(one for one in seen.members if one in value),
            *(one for one in value if one not in seen.members),
        ]:
            inner = self._view(*seen.members[name]) if name in seen.members else View()
            own, one = str(inner.xml.get("name") or name), value[name]
            if inner.xml.get("attribute") is True:
                element.set(_tag(inner, own), texted(one))
            elif isinstance(one, list):
                items = self._items(inner)
                item_name = str(items.xml.get("name") or (own if inner.xml.get("wrapped") is True else name))
                holder = element
                if inner.xml.get("wrapped") is True:
                    holder = etree.SubElement(element, _tag(inner, own), nsmap=_scope(inner))
                for two in one:
                    self._add(holder, item_name, items, two, depth)
            else:
                self._add(element, own, inner, one, depth)

    def _add(self, parent: Any, name: str, seen: View, value: Any, depth: int) -> None:
        child = etree.SubElement(parent, _tag(seen, name), nsmap=_scope(seen))
        self._fill(child, seen, value, depth + 1)

    def _items(self, seen: View) -> View:
        return View() if seen.items is None else self._view(*seen.items)

    def _item_name(self, seen: View) -> str:
        items = self._items(seen)
        return str(items.xml.get("name") or items.name or self.name or "item")

    def _value(self, element: Any, seen: View, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Violation("nested too deep", line=element.sourceline or 0)
        if element.get(_NIL) in {"true", "1"}:
            return None
        if seen.is_list:
            return [self._value(one, self._items(seen), depth + 1) for one in element]
        if seen.is_object or (not seen.kinds and (len(element) or attributes(element))):
            return self._object(element, seen, depth)
        if len(element):
            raise Violation(
                f"<{local(element.tag)}> has elements, and is one value by the contract",
                path=local(element.tag),
                line=element.sourceline or 0,
            )
        return typed(element.text or "", seen.kinds)

    def _object(self, element: Any, seen: View, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        left = Left(element)
        for name, declared in seen.members.items():
            inner = self._view(*declared)
            own = str(inner.xml.get("name") or name)
            if inner.xml.get("attribute") is True:
                text = left.attribute(_tag(inner, own))
                if text is not None:
                    value[name] = typed(text, inner.kinds)
            elif inner.is_list:
                self._list(value, left, name, own, inner, depth)
            else:
                several = [self._value(one, inner, depth + 1) for one in left.take(own, inner)]
                if several:
                    value[name] = several[0] if len(several) == 1 else several
        self._others(value, left, seen, depth)
        return value

    def _list(self, value: dict[str, Any], left: Left, name: str, own: str, seen: View, depth: int) -> None:
        items = self._items(seen)
        if seen.xml.get("wrapped") is True:
            holders = left.take(own, seen)
            found = [one for holder in holders for one in holder]
        else:
            holders, found = [], left.take(str(items.xml.get("name") or name), items)
        if found or holders:
            value[name] = [self._value(one, items, depth + 1) for one in found]

    def _others(self, value: dict[str, Any], left: Left, seen: View, depth: int) -> None:
        """What the schema does not declare, which decides by ``additionalProperties`` whether that may be."""
        inner = View() if seen.others is None else self._view(*seen.others)
        declared = {*seen.members, *(str(self._view(*one).xml.get("name")) for one in seen.members.values())}
        found: dict[str, list[Any]] = {name: [typed(text, inner.kinds)] for name, text in left.attributes()}
        for one in left.children:
            found.setdefault(local(one.tag), []).append(self._value(one, inner, depth + 1))
            if local(one.tag) in declared:
                raise Violation(
                    f"{one.tag} is not in the namespace of its contract",
                    path=local(one.tag),
                    line=one.sourceline or 0,
                )
        value |= {name: several[0] if len(several) == 1 else several for name, several in found.items()}


def _tag(seen: View, name: str) -> str:
    uri = str(seen.xml.get("namespace") or "")
    return f"{{{uri}}}{name}" if uri else name


def _scope(seen: View) -> dict[str, str]:
    uri, prefix = seen.xml.get("namespace"), seen.xml.get("prefix")
    return {str(prefix or "ns"): str(uri)} if uri else {}
