"""Documents of one namespace joined to one schema that libxml2 reads as a whole.

libxml2 reads a namespace once and ignores a second document for it. What a document said by its defaults
(``elementFormDefault``, ``blockDefault`` …) is written on its declarations, prefixes are made the same, and
an import is written for every namespace that is referred to. Annotations and foreign attributes are left out.
Every element stands on a line of its own, so that a line of the joined text leads back to the file.
"""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, canonical, local
from adapters.contracts.namespaces import (
    XML,
    XSD_URI,
    file_of,
    references,
    resolve,
    split,
    steps,
    unreadable,
)

_LEFT_OUT = {f"{XSD}{name}" for name in ("annotation", "include", "import", "redefine")}
_NAMED = ("element", "attribute", "simpleType", "complexType", "group", "attributeGroup", "notation")
_MIME = ("{http://www.w3.org/2004/11/xmlmime}", "{http://www.w3.org/2005/05/xmlmime}")
_NAME_SPACE = {"simpleType": "type", "complexType": "type"}  # types share one symbol space


@dataclass(slots=True)
class Joined:
    """One namespace: its schema, and for each line of its text the element that it comes from."""

    root: Any
    origins: list[Any] = field(default_factory=list)
    written: bytes = b""

    def text(self) -> bytes:
        """The schema document, one element a line."""
        if not self.written:
            self.written = bytes(etree.tostring(self.root, encoding="UTF-8", xml_declaration=False))
        return self.written


class Prefixes:
    """The prefixes of all joined schemas of a contract."""

    def __init__(self, uris: list[str]) -> None:
        self.of = {XSD_URI: "xs", XML: "xml"}
        for uri in sorted(set(uris) - {"", XSD_URI, XML}):
            self.of[uri] = f"n{len(self.of)}"

    def qname(self, name: str) -> str:
        """A Clark name written with its prefix."""
        uri, bare = split(name)
        return f"{self.of[uri]}:{bare}" if uri else bare

    def bindings(self) -> dict[str, str]:
        """For the root element of every joined schema."""
        return {prefix: uri for uri, prefix in self.of.items() if prefix != "xml"}


def join(uri: str, documents: list[Any], prefixes: Prefixes, locations: dict[str, str]) -> Joined:
    """Join the documents of a namespace; ``locations`` says where every other joined schema is.

    Raises ContractUnreadable where two documents declare a name differently.
    """
    root = etree.Element(f"{XSD}schema", nsmap={**_bindings_of_values(documents), **prefixes.bindings()})
    if uri:
        root.set("targetNamespace", uri)
    result = Joined(root, [documents[0]])
    for other in sorted(_referred(documents) - {uri, XSD_URI}):
        if other in locations:
            where = {"namespace": other} if other else {}
            etree.SubElement(root, f"{XSD}import", {**where, "schemaLocation": locations[other]})
            result.origins.append(documents[0])
    seen: dict[tuple[str, str], tuple[bytes, Any]] = {}
    for document in documents:
        for child in document.iterchildren(f"{XSD}*"):
            if child.tag not in _LEFT_OUT:
                _add(result, _Copy(child, document, prefixes), seen)
    one_a_line(root)
    return result


def one_a_line(root: Any) -> None:
    """Put a line's end before each start tag and nowhere else."""
    for element in root.iter():
        element.text = "\n" if len(element) else None
        element.tail = "\n" if element.getnext() is not None else None


def _referred(documents: list[Any]) -> set[str]:
    return {split(name)[0] for one in documents for _, _, names in references(one) for name in names}


def _add(result: Joined, copy: "_Copy", seen: dict[tuple[str, str], tuple[bytes, Any]]) -> None:
    kind, name = local(copy.element.tag), copy.element.get("name", "")
    if kind in _NAMED and name:
        text = canonical(copy.element)
        key = (_NAME_SPACE.get(kind, kind), name)
        if key in seen:
            if seen[key][0] != text:
                other = seen[key][1]
                raise unreadable(
                    copy.origins[0],
                    f"declares the {kind} {name} anew and differently; it is also declared in "
                    f"{file_of(other)}, line {other.sourceline}",
                )
            return
        seen[key] = (text, copy.origins[0])
    result.root.append(copy.element)
    result.origins += copy.origins


class _Copy:
    """A global declaration copied with its document's defaults written out."""

    def __init__(self, declaration: Any, document: Any, prefixes: Prefixes) -> None:
        self.document = document
        self.prefixes = prefixes
        self.origins: list[Any] = []
        self.element = self._copied(declaration, None)

    def _copied(self, origin: Any, parent: Any) -> Any:
        self.origins.append(origin)
        kind = local(origin.tag)
        attributes = self._attributes(origin, kind, is_global=parent is None)
        bindings = _bindings_of_value(origin) if kind == "enumeration" else None
        if parent is None:
            copy = etree.Element(origin.tag, attributes, nsmap={"xs": XSD_URI})
        else:
            copy = etree.SubElement(parent, origin.tag, attributes, nsmap=bindings)
        children = [child for child in origin.iterchildren(f"{XSD}*") if child.tag not in _LEFT_OUT]
        for child in children:
            if not _is_implied(child, children):
                self._copied(child, copy)
        return copy

    def _attributes(self, origin: Any, kind: str, *, is_global: bool) -> dict[str, str]:
        found = {
            name: value
            for name, value in origin.attrib.items()
            if (not name.startswith("{") and name != "id") or name.startswith(_MIME)
        }
        for name in ("type", "ref", "base", "itemType", "substitutionGroup", "refer"):
            if name in found:
                found[name] = self.prefixes.qname(resolve(origin, found[name]))
        if "memberTypes" in found:
            names = found["memberTypes"].split()
            found["memberTypes"] = " ".join(self.prefixes.qname(resolve(origin, one)) for one in names)
        if "xpath" in found:
            found["xpath"] = steps(origin, found["xpath"], lambda uri: self.prefixes.of.get(uri, "none"))
        self._write_defaults(found, kind, is_global)
        return found

    def _write_defaults(self, found: dict[str, str], kind: str, is_global: bool) -> None:
        if not is_global and "name" in found and kind in {"element", "attribute"}:
            form = self.document.get(f"{kind}FormDefault", "unqualified")
            if found.setdefault("form", form) == "unqualified":
                del found["form"]
        block, final = self.document.get("blockDefault", ""), self.document.get("finalDefault", "")
        if block and (kind == "element" and "ref" not in found or kind == "complexType" and is_global):
            _set(found, "block", block, kind)
        if final and is_global:
            _set(found, "final", final, kind)


def _is_implied(facet: Any, siblings: list[Any]) -> bool:
    """True for a ``minLength`` or ``maxLength`` that a ``length`` beside it keeps: libxml2 refuses the pair.

    XSD 1.0 part 2, second edition, 4.3.1.4 allows it.
    """
    least, most = facet.tag == f"{XSD}minLength", facet.tag == f"{XSD}maxLength"
    if not (least or most) or not str(facet.get("value")).isdecimal():
        return False
    lengths = [
        int(one.get("value"))
        for one in siblings
        if one.tag == f"{XSD}length" and one.get("value", "").isdecimal()
    ]
    bound = int(facet.get("value"))
    return any(bound <= one if least else bound >= one for one in lengths)


_ALLOWED = {
    ("element", "block"): {"extension", "restriction", "substitution"},
    ("complexType", "block"): {"extension", "restriction"},
    ("element", "final"): {"extension", "restriction"},
    ("complexType", "final"): {"extension", "restriction"},
    ("simpleType", "final"): {"list", "union", "restriction"},
}


def _set(found: dict[str, str], name: str, default: str, kind: str) -> None:
    allowed = _ALLOWED.get((kind, name))
    if allowed is None or name in found:
        return
    words = [word for word in default.split() if word == "#all" or word in allowed]
    if words:
        found[name] = " ".join(words)


def _bindings_of_values(documents: list[Any]) -> dict[str, str]:
    """The same for all values together: lxml drops a binding below where its namespace has one above."""
    found: dict[str, str] = {}
    for document in documents:
        for one in document.iter(f"{XSD}enumeration"):
            for prefix, uri in (_bindings_of_value(one) or {}).items():
                found.setdefault(prefix, uri)
    return found


def _bindings_of_value(origin: Any) -> dict[str, str] | None:
    """The prefix of a value that may be a QName keeps its meaning."""
    prefix = origin.get("value", "").partition(":")[0]
    uri = origin.nsmap.get(prefix)
    return {prefix: uri} if uri else None
