"""A schema set as a model: elements and types by Clark name, read when first asked for and kept.

Recursive types cost nothing, since an element's type is resolved on demand. ``xs:redefine`` puts its types in
the place of the originals, which their own bases still find.
"""

import threading
from typing import Any

from adapters.contracts.markup import XSD
from adapters.contracts.schemas import SchemaSet
from adapters.xsd import complex_types, simple_types
from adapters.xsd.components import Attribute, ComplexType, Element, NotCompiled, SimpleType, Type, Wildcard
from adapters.xsd.names import named, resolved

XML = "http://www.w3.org/XML/1998/namespace"
ANY_TYPE = ComplexType(
    f"{XSD}anyType", "", False, True, None, None, (), Wildcard("##any", "lax", ""), is_any=True
)


class Model:
    """Reads components from a schema set. Safe for several threads."""

    def __init__(self, schemas: SchemaSet) -> None:
        self.schemas = schemas
        self.lock = threading.RLock()
        self._elements: dict[str, Element] = {}
        self._types: dict[str, Type] = {}
        self._redefined: dict[tuple[str, str], Any] = {}
        self._heads: dict[str, list[str]] = {}
        self._derived: dict[str, list[str]] = {}
        self._index()

    def _index(self) -> None:
        for uri, documents in self.schemas.documents.items():
            for document in documents:
                for redefine in document.iterchildren(f"{XSD}redefine"):
                    for child in redefine.iterchildren("{*}*"):
                        if child.get("name"):
                            kind = child.tag.removeprefix(XSD)
                            self._redefined[kind, named(uri, child.get("name"))] = child
        for name, element in self.schemas.declared.get("element", {}).items():
            head = element.get("substitutionGroup")
            if head:
                self._heads.setdefault(resolved(element, head), []).append(name)
        for name, type_ in self.schemas.declared.get("complexType", {}).items():
            for content in type_.iterchildren(f"{XSD}complexContent", f"{XSD}simpleContent"):
                for derivation in content.iterchildren(f"{XSD}extension", f"{XSD}restriction"):
                    self._derived.setdefault(resolved(derivation, derivation.get("base", "")), []).append(
                        name
                    )

    def find(self, kind: str, name: str, below: Any = None) -> Any | None:
        """The declaration of a Clark name. Inside of its own redefinition a name means the original."""
        new = self._redefined.get((kind, name))
        if new is not None and (below is None or new not in below.iterancestors()):
            return new
        return self.schemas.find(kind, name)

    def element(self, name: str) -> Element:
        """A global element; raises NotCompiled where there is none."""
        with self.lock:
            if name not in self._elements:
                declaration = self.schemas.find("element", name)
                if declaration is None:
                    raise NotCompiled(name, "the contract declares no such element")
                self._elements[name] = self.declared(declaration, name, is_global=True)
            return self._elements[name]

    def has_element(self, name: str) -> bool:
        """Whether the contract declares this global element."""
        return self.schemas.find("element", name) is not None

    def declared(self, declaration: Any, tag: str, *, is_global: bool = False) -> Element:
        """The element of a declaration."""
        return Element(
            tag,
            lambda: self.type_of(declaration, tag),
            nillable=declaration.get("nillable") in {"true", "1"},
            abstract=declaration.get("abstract") in {"true", "1"},
            default=declaration.get("default"),
            fixed=declaration.get("fixed"),
            is_global=is_global,
            type_name=resolved(declaration, declaration.get("type")) if declaration.get("type") else "",
        )

    def type_of(self, declaration: Any, tag: str) -> Type:
        """The type a declaration says: named, inline, its substitution head's, or xs:anyType."""
        if declaration.get("type"):
            return self.type(resolved(declaration, declaration.get("type")), declaration)
        for child in declaration.iterchildren(f"{XSD}simpleType", f"{XSD}complexType"):
            if child.tag == f"{XSD}simpleType":
                return simple_types.read(self, child)
            return complex_types.read(self, child, "")
        if declaration.get("substitutionGroup"):
            return self.element(resolved(declaration, declaration.get("substitutionGroup"))).type
        return ANY_TYPE

    def type(self, name: str, where: Any = None) -> Type:
        """A named type by Clark name; raises NotCompiled."""
        if name.startswith(XSD):
            return self._builtin(name)
        definition, kind = self._definition(name, where)
        is_original = self._redefined.get((kind, name)) not in (None, definition)
        key = f"original {name}" if is_original else name  # met only inside of its own redefinition
        with self.lock:
            if key not in self._types:
                reader = simple_types.read if kind == "simpleType" else complex_types.read
                self._types[key] = reader(self, definition, name)
            return self._types[key]

    def _definition(self, name: str, where: Any) -> tuple[Any, str]:
        for kind in ("complexType", "simpleType"):
            definition = self.find(kind, name, where)
            if definition is not None:
                return definition, kind
        raise NotCompiled(name, "the contract defines no such type")

    def _builtin(self, name: str) -> Type:
        local = name.removeprefix(XSD)
        if local == "anyType":
            return ANY_TYPE
        found = simple_types.builtin(local)
        if found is None:
            raise NotCompiled(name, "is no built-in type of XSD 1.0")
        return found

    def simple(self, name: str, where: Any) -> SimpleType:
        """A simple type by name, or the text of a complex type with simple content."""
        found = self.type(name, where)
        if isinstance(found, ComplexType):
            if found.simple is None:
                raise NotCompiled(name, "is not a simple type")
            return found.simple
        return found

    def attribute(self, name: str) -> Attribute:
        """A global attribute; those of the xml namespace are known without a schema."""
        declaration = self.schemas.find("attribute", name)
        if declaration is not None:
            return complex_types.attribute(self, declaration, name)
        if name.startswith(f"{{{XML}}}"):
            local = name.rpartition("}")[2]
            known = simple_types.builtin(
                {"base": "anyURI", "id": "ID", "space": "NCName"}.get(local, "language")
            )
            if known is not None:
                return Attribute(name, known)
        raise NotCompiled(name, "the contract declares no such attribute")

    def substitutes(self, element: Element) -> list[Element]:
        """What may stand for a global element: itself unless abstract, and its substitution group."""
        found: dict[str, Element] = {}
        waiting = [element]
        while waiting:
            one = waiting.pop(0)
            if one.tag in found:
                continue
            found[one.tag] = one
            if one.is_global:
                waiting.extend(self.element(name) for name in self._heads.get(one.tag, ()))
        return [one for one in found.values() if not one.abstract]

    def derived(self, name: str) -> list[str]:
        """Named complex types derived from a named type, in any number of steps."""
        found: list[str] = []
        waiting = list(self._derived.get(name, ()))
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting.extend(self._derived.get(one, ()))
        return found
