"""Messages of a WSDL that are not one global element, declared as one in the schema set.

An rpc message is a wrapper around its parts, which are unqualified (WSDL 1.1, 3.5; WS-I BP R2735). Bodies
without an element of their own get one that :mod:`adapters.contracts.bodies` takes off on the wire.
"""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapters.contracts.bodies import BARE, RENAMED
from adapters.contracts.markup import XSD
from adapters.contracts.namespaces import file_of, joined, resolve, split, unreadable
from adapters.contracts.schemas import SchemaSet


class NotRead(Exception):
    """An operation that is left out, with the reason; the others are read."""


@dataclass(frozen=True, slots=True)
class _Form:
    """The parts of a message; ``accessors`` is the namespace of those that name types, None: unqualified."""

    parts: list[Any]
    accessors: str | None = None

    @property
    def shape(self) -> tuple[str | None, list[tuple[str, str]]]:
        """What two messages of one name must have in common."""
        named = [(part, part.get("element") or part.get("type")) for part in self.parts]
        return self.accessors, [
            (part.get("name", ""), resolve(part, name) if name else "") for part, name in named
        ]


class Messages:
    """The elements that messages need, by Clark name; :meth:`declare` follows the last one."""

    def __init__(self, schemas: SchemaSet) -> None:
        self._schemas = schemas
        self._forms: dict[str, _Form] = {}

    def rpc(self, uri: str, name: str, parts: list[Any]) -> str:
        """The wrapper of an rpc message; raises NotRead."""
        element = joined(uri, name)
        if element not in self._forms and self._schemas.find("element", element) is not None:
            element = joined(f"{RENAMED}{uri}", name)
        known = self._forms.setdefault(element, _Form(parts))
        if known.shape != _Form(parts).shape:
            raise NotRead(f"its wrapper {joined(uri, name)} has other parts in another operation")
        return element

    def document(self, binding: str, name: str, parts: list[Any]) -> str:
        """The element of a document/literal body, "" for none; raises NotRead."""
        if not parts:
            return ""
        if len(parts) == 1 and parts[0].get("element"):
            return resolve(parts[0], parts[0].get("element"))
        if len(parts) > 1 and any(not part.get("element") for part in parts):
            raise NotRead(
                f"has a document body of {len(parts)} parts of which one names a type: "
                "the type would be the whole Body's (WSDL 1.1, 3.5)"
            )
        return self._bare(binding, name, _Form(parts))

    def encoded(self, binding: str, name: str, parts: list[Any], uri: str) -> str:
        """The element of a document/encoded body, "" for none; ``uri`` is the ``namespace`` of soap:body."""
        return self._bare(binding, name, _Form(parts, uri)) if parts else ""

    def fault(self, uri: str, part: Any) -> str:
        """The element of an rpc fault's part that names a type."""
        element = joined(uri, part.get("name", ""))
        if self._schemas.find("element", element) is None:
            self._forms.setdefault(element, _Form([part]))
        return element

    def _bare(self, binding: str, name: str, form: _Form) -> str:
        element = joined(BARE, name)
        if element in self._forms and self._forms[element].shape != form.shape:
            element = joined(BARE, f"{binding}.{name}")
        self._forms.setdefault(element, form)
        return element

    def declare(self) -> bool:
        """Add what was asked for to the schema set; False where that is nothing."""
        documents: dict[str, Any] = {}
        for element, form in self._forms.items():
            uri, name = split(element)
            schema = _document(documents, uri, form.parts)
            if form.accessors is not None:
                self._declare_accessors(documents, schema, name, form)
            else:
                _declare(schema, uri, name, form.parts)
        for schema in documents.values():
            self._schemas.add(schema, self._schemas.folder / "messages")
        return bool(documents)

    def _declare_accessors(self, documents: dict[str, Any], schema: Any, name: str, form: _Form) -> None:
        """Accessors have a namespace, and so a type of that namespace holds them."""
        uri = form.accessors or ""
        type_name = f"{name}.parts"
        while self._schemas.find("complexType", joined(uri, type_name)) is not None:
            type_name += "_"
        _struct(_document(documents, uri, form.parts), form.parts, qualified=bool(uri), name=type_name)
        scope = {"own": uri} if uri else {}
        qualified = f"own:{type_name}" if uri else type_name
        etree.SubElement(schema, f"{XSD}element", {"name": name, "type": qualified}, nsmap=scope)


def _document(documents: dict[str, Any], uri: str, parts: list[Any]) -> Any:
    if uri not in documents:
        documents[uri] = etree.Element(f"{XSD}schema", nsmap={"xs": XSD[1:-1]})
        if uri:
            documents[uri].set("targetNamespace", uri)
    if parts and not file_of(documents[uri]):
        documents[uri].getroottree().docinfo.URL = file_of(parts[0])
    return documents[uri]


def _declare(schema: Any, uri: str, name: str, parts: list[Any]) -> None:
    if len(parts) == 1 and parts[0].get("type") and (uri == BARE or parts[0].get("name") == name):
        # a Body that is of a type, or a fault's part, whose content stands under the part's name
        _member(schema, parts[0], name)
        return
    _struct(etree.SubElement(schema, f"{XSD}element", name=name), parts)


def _struct(parent: Any, parts: list[Any], *, qualified: bool = False, name: str = "") -> None:
    type_ = etree.SubElement(parent, f"{XSD}complexType", {"name": name} if name else {})
    sequence = etree.SubElement(type_, f"{XSD}sequence")
    for part in parts:
        _member(sequence, part, part.get("name", ""), qualified=qualified)
    etree.SubElement(type_, f"{XSD}anyAttribute", namespace="##other", processContents="skip")


def _member(parent: Any, part: Any, name: str, *, qualified: bool = False) -> None:
    """A part: an element of a name and the part's type, or the global element that it names."""
    if part.get("element"):
        content = {"ref": part.get("element")}
    elif part.get("type") and name:
        content = {"name": name, "type": part.get("type")} | ({"form": "qualified"} if qualified else {})
    else:
        raise unreadable(part, "a part must have a name, and an element or a type")
    resolve(part, content.get("ref") or content["type"])
    bindings = {prefix: uri for prefix, uri in part.nsmap.items() if uri != XSD[1:-1] or prefix}
    etree.SubElement(parent, f"{XSD}element", content, nsmap=bindings).sourceline = part.sourceline
