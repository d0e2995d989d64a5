"""The documents of a WSDL 1.1, its imports followed, and what they define, by qualified name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.contracts.access import Access, Source
from adapters.contracts.markup import XSD, tidy
from adapters.contracts.namespaces import file_of, joined, resolve, split, unreadable
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_WSDL20 = "{http://www.w3.org/ns/wsdl}"
_KINDS = ("message", "portType", "binding", "service")
MAX_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Skipped:
    """A port, binding or operation that is not read, and why."""

    name: str
    binding: str
    reason: str
    where: str = ""


class Definitions:
    """Messages, port types, bindings and services of a WSDL and of all that it imports."""

    def __init__(self, access: Access, schemas: SchemaSet) -> None:
        self.access = access
        self.schemas = schemas
        self.named: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
        self.skipped: list[Skipped] = []
        self._lost: list[ContractUnreadable] = []  # why ports lead nowhere
        self._read: set[str] = set()

    def add(self, source: Source, depth: int = 0) -> None:
        """Read a WSDL document and what it imports; raises ContractUnreadable."""
        if source.key in self._read:
            return
        self._read.add(source.key)
        root = self.access.read(source)
        if root.tag == f"{XSD}schema" and depth:
            self.schemas.add(root, source)
            return
        if root.tag == f"{_WSDL20}description":
            raise ContractUnreadable(source.name, "is WSDL 2.0; ask for the WSDL 1.1 of the service", line=1)
        if root.tag != f"{WSDL}definitions":
            raise ContractUnreadable(source.name, f"is {tidy(root.tag)}, not a WSDL 1.1 document", line=1)
        for reference in root.iterchildren(f"{WSDL}import"):
            location = reference.get("location")
            if not location:
                raise unreadable(reference, "an import without location")
            if depth > MAX_CHAIN:
                raise unreadable(reference, f"is the end of a chain of more than {MAX_CHAIN} imports")
            self.add(self.access.refer(location, source, reference.sourceline or 0), depth + 1)
        for schema in root.iterfind(f"{WSDL}types/{XSD}schema"):
            self.schemas.add(schema, source)
        uri = root.get("targetNamespace", "")
        for kind, found in self.named.items():
            for element in root.iterchildren(f"{WSDL}{kind}"):
                found.setdefault(joined(uri, element.get("name", "")), element)

    def find(self, kind: str, element: Any, attribute: str) -> Any:
        """What a QName leads to: as it is written, or, where that is nothing, the one of that local name.

        Raises ContractUnreadable. Some generators leave the prefix out.
        """
        name = element.get(attribute)
        if not name:
            raise unreadable(element, f"has no {attribute}")
        known = self.named[kind]
        bare = name.rpartition(":")[2]
        exact = known.get(resolve(element, name))
        if exact is not None:
            return exact
        alike = [one for other, one in known.items() if split(other)[1] == bare]
        if len(alike) == 1 and ":" not in name:
            return alike[0]
        raise unreadable(element, f"there is no {kind} {bare}")

    def ports(self, binding: Any) -> Iterator[tuple[str, Any]]:
        """Services' ports of a binding: the service's name and the port."""
        for service in self.named["service"].values():
            for port in service.iterchildren(f"{WSDL}port"):
                if self._bound(port) is binding:
                    yield service.get("name", ""), port

    def _bound(self, port: Any) -> Any:
        """The binding of a port, None where there is none: the other ports are read all the same."""
        try:
            return self.find("binding", port, "binding")
        except ContractUnreadable as error:
            skipped = Skipped(port.get("name", ""), port.get("binding", ""), error.message, place(port))
            if skipped not in self.skipped:
                self.skipped.append(skipped)
                self._lost.append(error)
            return None

    def bindings(self) -> list[Any]:
        """All bindings: those that a port uses, in the order of the ports, then the others.

        Raises ContractUnreadable where there is none and ports name one.
        """
        used = [
            self._bound(port)
            for service in self.named["service"].values()
            for port in service.iterchildren(f"{WSDL}port")
        ]
        found: list[Any] = []
        for binding in [*used, *self.named["binding"].values()]:
            if binding is not None and not any(binding is other for other in found):
                found.append(binding)
        if self._lost and not found:
            raise self._lost[0]
        return found


def target_namespace(element: Any) -> str:
    """The namespace of the document that an element of a WSDL stands in."""
    return str(next(element.iterancestors(f"{WSDL}definitions")).get("targetNamespace", ""))


def place(element: Any) -> str:
    """File and line of an element, for notes."""
    return f"{file_of(element)}, line {element.sourceline}"
