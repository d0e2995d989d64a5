"""A contract by its file, whatever kind it is, as what samples and simulators need of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from adapters.contracts import bundle, layout, openapi, wsdl
from adapters.contracts.access import Access, is_address
from adapters.contracts.access import Source as Document
from adapters.contracts.fetch import fetcher
from adapters.contracts.layout import FileLayout
from adapters.contracts.markup import XSD, local
from adapters.contracts.openapi import RestOperation
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
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


def read(
    source: Path | str, root: Path | None = None, *, fetch: bool = False, allow_private: bool = False
) -> Source:
    """Read a contract; ``root`` holds all its files (default: its folder). Raises ContractUnreadable.

    With ``fetch`` the source may be an address and refer to addresses: see :mod:`adapters.contracts.fetch`.
    """
    is_remote = is_address(str(source))
    path = Path(str(source))
    fetching = fetcher(str(source), allow_private=allow_private) if fetch else None
    if not is_remote and path.suffix == ".toml":
        return _toml(path)
    access = Access(root or (Path.cwd() if is_remote else path.parent), fetching)
    document = Document(str(source), str(source), is_remote=True) if is_remote else access.file(path)
    if bundle.is_bundle(path) and not is_remote:
        return _closed(Path(document.key))
    if path.suffix.lower() in {".json", ".yaml", ".yml"} or _looks_like_json(access.bytes(document)):
        return RestSource(openapi.read(document, access))
    kind = access.read(document).tag
    if kind == f"{XSD}schema":
        return _xsd(document, access)
    if local(kind) in {"definitions", "description"}:
        found = wsdl.read(document, access)
        return SoapSource(found, XmlContract(found.schemas))
    raise ContractUnreadable(document.name, f"is {local(kind)}: neither a WSDL nor an XSD", line=1)


def _closed(path: Path) -> Source:
    found = bundle.read(path)
    xml = XmlContract(found.wsdl.schemas)
    return XmlSource(xml, found.elements) if found.elements else SoapSource(found.wsdl, xml)


def _looks_like_json(body: bytes) -> bool:
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"{", b"openapi:", b'"openapi"', b"swagger:", b"---"))


def _xsd(document: Document, access: Access) -> XmlSource:
    schemas = SchemaSet(access.root, access)
    schemas.add_source(document)
    own = access.read(document)
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
