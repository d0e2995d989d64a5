"""A closed set of XML schemas, gathered once from a contract's files and compiled to one validator.

libxml2 reads a namespace once and ignores a second document for it, so documents of one namespace are joined
by include under a driver. References may only lead to files of the contract's own folder.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, parse
from adapters.contracts.violation import ContractUnreadable, Violation

_SCHEME = "contract:"


class SchemaSet:
    """The schema documents of one contract, by namespace, and what they declare globally."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.documents: dict[str, list[Any]] = {}
        self.declared: dict[str, dict[str, Any]] = {}  # kind of declaration -> Clark name -> element
        self._read: set[Path] = set()

    def add_file(self, path: Path) -> None:
        """Add a schema file and all it refers to; raises ContractUnreadable."""
        path = path.resolve()
        if path in self._read:
            return
        self._read.add(path)
        self.add(read_file(path, self.folder), path)

    def add(self, schema: Any, source: Path) -> None:
        """Add one ``xs:schema`` element that stands in ``source``."""
        uri = schema.get("targetNamespace", "")
        own = [child for child in schema if child.tag != f"{XSD}import"]
        if own:
            self.documents.setdefault(uri, []).append(schema)
        for child in own:
            if child.get("name"):
                kind = child.tag.removeprefix(XSD)
                name = f"{{{uri}}}{child.get('name')}" if uri else child.get("name")
                self.declared.setdefault(kind, {})[name] = child
        for reference in schema.iterchildren(f"{XSD}import", f"{XSD}include"):
            location = reference.get("schemaLocation")
            if location:
                self.add_file(source.parent / location)

    def find(self, kind: str, name: str) -> Any | None:
        """The global declaration of a kind (``element``, ``complexType`` …) by Clark name."""
        return self.declared.get(kind, {}).get(name)

    def compile(self) -> Any:
        """Return the ``lxml.etree.XMLSchema`` of all documents; raises ContractUnreadable."""
        texts: dict[str, bytes] = {}
        driver = etree.Element(f"{XSD}schema", nsmap={"xs": XSD[1:-1]})
        for number, (uri, documents) in enumerate(sorted(self.documents.items())):
            names = [f"{_SCHEME}{number}.{index}" for index in range(len(documents))]
            for name, document in zip(names, documents, strict=True):
                texts[name] = self._rewritten(document, names if name == names[0] else [])
            where = {"schemaLocation": names[0]} | ({"namespace": uri} if uri else {})
            etree.SubElement(driver, f"{XSD}import", where)
        reader = etree.XMLParser(no_network=True, resolve_entities=False)
        reader.resolvers.add(_Texts(texts))
        try:
            return etree.XMLSchema(etree.fromstring(etree.tostring(driver), reader))
        except etree.XMLSchemaParseError as error:
            raise ContractUnreadable(self.folder.name, str(error)) from error

    def _rewritten(self, document: Any, siblings: list[str]) -> bytes:
        copy = deepcopy(document)
        for reference in list(copy.iterchildren(f"{XSD}include")):
            copy.remove(reference)
        for name in reversed(siblings[1:]):
            copy.insert(0, etree.Element(f"{XSD}include", schemaLocation=name))
        order = sorted(self.documents)
        for reference in copy.iterchildren(f"{XSD}import"):
            uri = reference.get("namespace", "")
            if uri in self.documents:
                reference.set("schemaLocation", f"{_SCHEME}{order.index(uri)}.0")
        return bytes(etree.tostring(copy))


class _Texts(etree.Resolver):
    """Hands the compiler the documents in memory, and refuses every other address."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self.texts = texts

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        """Called by libxml2 for each reference."""
        text = self.texts.get(system_url, b"<unknown/>")
        return self.resolve_string(text, context, base_url=system_url)


def read_file(path: Path, folder: Path) -> Any:
    """Parse one contract file, which must lie in ``folder``; raises ContractUnreadable."""
    path = path.resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ContractUnreadable(path.name, "lies outside the contract's folder")
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error
    except Violation as error:
        raise ContractUnreadable(path.name, error.message, line=error.line) from error
