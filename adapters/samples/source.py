"""A contract by its file, whatever kind it is, as what samples and simulators need of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from adapters.contracts import layout, openapi, wsdl
from adapters.contracts.access import Access
from adapters.contracts.layout import FileLayout
from adapters.contracts.markup import XSD, local, parse
from adapters.contracts.openapi import RestOperation
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable, Violation
from adapters.contracts.wsdl import Wsdl
from adapters.samples.contract import XmlContract


@dataclass(frozen=True, slots=True)
class SoapSource:
    """A WSDL."""

    wsdl: Wsdl
    xml: XmlContract


@dataclass(frozen=True, slots=True)
class XmlSource:
    """An XSD; its global elements are the messages."""

    xml: XmlContract
    elements: tuple[str, ...]  # of the file itself, in its order


@dataclass(frozen=True, slots=True)
class RestSource:
    """An OpenAPI document."""

    operations: dict[str, RestOperation]


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A record layout."""

    layouts: dict[str, FileLayout]


Source = SoapSource | XmlSource | RestSource | RecordSource


def read(path: Path, root: Path | None = None) -> Source:
    """Read a contract; ``root`` holds all its files (default: its folder). Raises ContractUnreadable."""
    if not path.is_file():
        raise ContractUnreadable(path.name, "is not a file")
    if path.suffix == ".toml":
        return _toml(path)
    if path.suffix in {".json", ".yaml", ".yml"}:
        return RestSource(openapi.read(path))
    try:
        kind = parse(path.read_bytes()).tag
    except Violation as error:
        raise ContractUnreadable(path.name, error.message, line=error.line) from error
    access = Access(root or path.parent)
    if kind == f"{XSD}schema":
        return _xsd(path, access)
    if local(kind) == "definitions":
        found = wsdl.read(path, access)
        return SoapSource(found, XmlContract(found.schemas))
    raise ContractUnreadable(path.name, f"is {local(kind)}: neither a WSDL nor an XSD")


def _xsd(path: Path, access: Access) -> XmlSource:
    schemas = SchemaSet(access.root, access)
    schemas.add_file(path)
    own = parse(path.read_bytes())
    uri = own.get("targetNamespace", "")
    names = [one.get("name") for one in own.iterchildren(f"{XSD}element") if one.get("abstract") != "true"]
    elements = tuple(f"{{{uri}}}{name}" if uri else name for name in names)
    return XmlSource(XmlContract(schemas), elements or tuple(schemas.declared.get("element", {})))


def _toml(path: Path) -> RecordSource:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractUnreadable(path.name, str(error)) from error
    if "file" not in document:
        raise ContractUnreadable(path.name, "has no [file]: it is no record layout")
    return RecordSource(layout.read(path))
