"""A closed set of XML schemas, gathered once from a contract's files and compiled to one validator.

Every include, import and redefine is followed once, within :mod:`adapters.contracts.access` and the offline
catalogue. The documents are kept as they were read; for libxml2 they are joined by namespace
(:mod:`adapters.contracts.flatten`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.contracts import catalogue, compiling, dotnet, xsd11
from adapters.contracts.access import Access, Source, is_address
from adapters.contracts.flatten import Joined, Prefixes, join
from adapters.contracts.markup import XSD, local, parse, tidy
from adapters.contracts.namespaces import (
    XSD_URI,
    adopt,
    joined,
    references,
    split,
    unreadable,
)
from adapters.contracts.redefine import redefine
from adapters.contracts.violation import ContractUnreadable, Violation

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
MAX_CHAIN = 100
_GIVEN = {"", XSD_URI}  # never looked up: no namespace, and the schema language's own
_COMPONENTS = {
    f"{XSD}{name}"
    for name in ("element", "attribute", "simpleType", "complexType", "group", "attributeGroup", "notation")
}


class SchemaSet:
    """The schema documents of one contract, by namespace, and what they declare globally."""

    def __init__(self, folder: Path, access: Access | None = None) -> None:
        self.folder = folder.resolve()
        self.access = access or Access(folder)
        self._documents: dict[str, list[Any]] = {}
        self._declared: dict[str, dict[str, Any]] = {}
        self._closed: Mapping[str, bytes] | None = None
        self.kept: dict[str, Any] = {}  # what others compiled from it, by their own name
        self._read: set[tuple[str, str]] = set()  # a document by key and the namespace that it was read for
        self._own: dict[str, str] = {}  # the namespace that a document has by itself
        self._wanted: dict[tuple[str, str], tuple[Any, Source]] = {}  # imports by namespace and address
        self._depth = 0
        self._texts: Mapping[str, Joined] | None = None

    @classmethod
    def closed(cls, folder: Path, texts: Mapping[str, bytes]) -> "SchemaSet":
        """A set that was joined before, by namespace; its documents are parsed when they are asked for."""
        found = cls(folder)
        found._closed = texts
        return found

    @property
    def documents(self) -> dict[str, list[Any]]:
        """The ``xs:schema`` elements of each namespace."""
        if self._closed is not None and not self._documents:
            self._open(self._closed)
        return self._documents

    @property
    def declared(self) -> dict[str, dict[str, Any]]:
        """Kind of declaration -> Clark name -> its element."""
        if self._closed is not None and not self._documents:
            self._open(self._closed)
        return self._declared

    def add_file(self, path: Path) -> None:
        """Add a schema file and all it refers to; raises ContractUnreadable."""
        self.add_source(self.access.file(path))

    def add_source(self, source: Source) -> None:
        """Add a schema document of any kind of source and all it refers to; raises ContractUnreadable."""
        self._load(source, None, None)
        self.close()

    def add(self, schema: Any, source: Path | Source) -> None:
        """Add one ``xs:schema`` element that stands in ``source``; :meth:`close` follows the last one."""
        if isinstance(source, Path):
            source = Source(str(source), source.name)
        self._texts = None
        self.access.notes += xsd11.leave_out(schema)
        dotnet.allow_any_document(schema)
        uri = schema.get("targetNamespace", "")
        redefined = []
        for child in list(schema):
            if child.tag == f"{XSD}include":
                self._include(child, source, uri)
            elif child.tag == f"{XSD}redefine":
                self._include(child, source, uri)
                redefined += redefine(child, schema, uri, self.find)
            elif child.tag == f"{XSD}import":
                self._import(child, source)
        for old, new in redefined:
            self._declare(uri, old)
            self._declared[new.tag.removeprefix(XSD)][joined(uri, new.get("name"))] = new
        if any(child.tag in _COMPONENTS for child in schema):
            self._documents.setdefault(uri, []).append(schema)
        for child in schema:
            if child.tag in _COMPONENTS and child.get("name"):
                self._declare(uri, child)

    def find(self, kind: str, name: str) -> Any | None:
        """The global declaration of a kind (``element``, ``complexType`` …) by Clark name."""
        return self.declared.get(kind, {}).get(name)

    def close(self) -> None:
        """Read what is imported and not yet there, from its address or the catalogue.

        Raises ContractUnreadable.
        """
        while self._wanted:
            wanted, self._wanted = self._wanted, {}
            for (uri, location), (reference, source) in sorted(wanted.items(), key=lambda one: one[0]):
                self._find_namespace(uri, location, reference, source)
        for uri in sorted(self._referred() - set(self.documents) - _GIVEN):
            self._add_from_catalogue(uri)

    def compile(self) -> Any:
        """Return the ``lxml.etree.XMLSchema`` of all documents; raises ContractUnreadable."""
        if self._closed is not None:
            return compiling.compiled(self._closed, self.folder.name)
        schemas = self.joined()
        for _ in range(compiling.MAX_TURNS):
            try:
                return compiling.compiled(self.texts(), self.folder.name, list(schemas.values()))
            except compiling.Unmatchable as error:
                self.access.notes += error.leave_out(list(schemas.values()))
        raise ContractUnreadable(self.folder.name, "has too many patterns that cannot be compiled")

    def texts(self) -> Mapping[str, bytes]:
        """The joined schemas as text, in order of the namespaces; raises ContractUnreadable."""
        if self._closed is not None:
            return self._closed
        return {uri: schema.text() for uri, schema in self.joined().items()}

    def joined(self) -> Mapping[str, Joined]:
        """One schema a namespace, in order of the namespaces; raises ContractUnreadable."""
        if self._texts is None:
            self.close()
            order = sorted(self.documents)
            prefixes = Prefixes([*order, *self._referred()])
            locations = {uri: compiling.address(number) for number, uri in enumerate(order)}
            self._texts = {uri: join(uri, self.documents[uri], prefixes, locations) for uri in order}
        return self._texts

    def _open(self, texts: Mapping[str, bytes]) -> None:
        """Parse a closed set. Two threads may both do so; what either finds is whole when it is seen."""
        documents: dict[str, list[Any]] = {}
        declared: dict[str, dict[str, Any]] = {}
        for uri, text in texts.items():
            try:
                documents[uri] = [parse(text)]
            except Violation as error:
                raise ContractUnreadable(uri or "no namespace", error.message, line=error.line) from error
            for child in documents[uri][0]:
                if child.tag in _COMPONENTS and child.get("name"):
                    kind = child.tag.removeprefix(XSD)
                    declared.setdefault(kind, {})[joined(uri, child.get("name"))] = child
        self._declared = declared
        self._documents = documents

    def _declare(self, uri: str, declaration: Any) -> None:
        kind = declaration.tag.removeprefix(XSD)
        self._declared.setdefault(kind, {}).setdefault(joined(uri, declaration.get("name")), declaration)

    def _referred(self) -> set[str]:
        return {
            split(name)[0]
            for documents in self.documents.values()
            for document in documents
            for _, _, names in references(document)
            for name in names
        }

    def _include(self, reference: Any, source: Source, uri: str) -> None:
        location = reference.get("schemaLocation")
        if not location:
            raise unreadable(reference, f"an {local(reference.tag)} without schemaLocation")
        self._load(self.access.refer(location, source, reference.sourceline or 0), uri, reference)

    def _import(self, reference: Any, source: Source) -> None:
        uri, location = reference.get("namespace", ""), reference.get("schemaLocation", "")
        if uri == XSD_URI or not uri and not location:
            return
        if not location or source.is_remote or is_address(location):
            self._wanted.setdefault((uri, location), (reference, source))
            return
        try:
            target = self.access.refer(location, source, reference.sourceline or 0)
        except ContractUnreadable:
            if catalogue.path(uri) is None:
                raise
            self._wanted.setdefault((uri, ""), (reference, source))
        else:
            self._load(target, None, reference)

    def _load(self, source: Source, included_in: str | None, reference: Any) -> None:
        own = self._own.get(source.key)
        if own is not None and (source.key, own or included_in or "") in self._read:
            return
        if self._depth > MAX_CHAIN:
            raise unreadable(reference, f"is the end of a chain of more than {MAX_CHAIN} references")
        root = self.access.read(source)
        if root.tag == f"{_WSDL}definitions" and reference is not None and included_in is None:
            schemas = root.findall(f"{_WSDL}types/{XSD}schema")
        elif root.tag == f"{XSD}schema":
            schemas = [root]
        else:
            raise ContractUnreadable(
                source.name, f"is {tidy(root.tag)}, not an XML schema", line=root.sourceline
            )
        own = self._own[source.key] = root.get("targetNamespace", "") if schemas == [root] else "wsdl"
        self._insist_on_namespace(own, source, included_in, reference)
        self._read.add((source.key, own or included_in or ""))
        self._depth += 1
        for schema in schemas:
            self.add(adopt(schema, included_in) if included_in and not own else schema, source)
        self._depth -= 1

    def _insist_on_namespace(self, own: str, source: Source, included_in: str | None, reference: Any) -> None:
        if reference is None or own == "wsdl":
            return
        if included_in is not None and own and own != included_in:
            raise unreadable(reference, f"includes {source.name}, which is of another namespace: {own}")
        if included_in is None and own != reference.get("namespace", ""):
            raise unreadable(
                reference, f"imports {source.name}, which is of another namespace: {own or 'none'}"
            )

    def _find_namespace(self, uri: str, location: str, reference: Any, source: Source) -> None:
        is_catalogued = catalogue.path(uri) is not None
        can_load = location and (self.access.fetch is not None or self.access.is_kept(location) or not uri)
        if can_load and not is_catalogued or location and self.access.is_kept(location):
            self._load(self.access.refer(location, source, reference.sourceline or 0), None, reference)
        elif uri not in self.documents and not self._add_from_catalogue(uri) and location:
            self.access.refer(location, source, reference.sourceline or 0)  # says why it is not read

    def _add_from_catalogue(self, uri: str) -> bool:
        kept = catalogue.path(uri)
        if kept is not None:
            source = Source(str(kept), f"catalogue/{kept.name}")
            self.add(Access(catalogue.FOLDER).read(source), source)
        return kept is not None
