"""A contract by its file, whatever kind it is, as what samples and simulators need of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from adapters.contracts import bundle, layout, openapi, wsdl
from adapters.contracts.access import Access, Fetch, is_address
from adapters.contracts.access import Source as Document
from adapters.contracts.layout import FileLayout
from adapters.contracts.markup import XSD, local
from adapters.contracts.openapi import RestOperation
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl
from adapters.samples.contract import XmlContract


@dataclass(frozen=True, slots=True)
class File:
    """One file of a contract, by its name below the contract's folder."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class SoapSource:
    """A WSDL; of ``files`` the first is the contract itself."""

    wsdl: Wsdl
    xml: XmlContract
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class XmlSource:
    """An XSD; its global elements are the messages."""

    xml: XmlContract
    elements: tuple[str, ...]  # of the file itself, in its order
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class RestSource:
    """An OpenAPI document."""

    operations: dict[str, RestOperation]
    files: tuple[File, ...] = ()
    notes: tuple[str, ...] = ()  # what is not checked, and where it stands


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
    fetching = _fetcher(str(source), allow_private) if fetch else None
    if not is_remote and path.suffix == ".toml":
        return _toml(path)
    access = Access(root or (Path.cwd() if is_remote else path.parent), fetching)
    document = Document(str(source), str(source), is_remote=True) if is_remote else access.file(path)
    if bundle.is_bundle(path) and not is_remote:
        return _closed(Path(document.key))
    if path.suffix.lower() in {".json", ".yaml", ".yml"} or _looks_like_json(access.bytes(document)):
        operations = openapi.read(document, access)
        return RestSource(operations, _files(access), tuple(access.notes))
    kind = access.read(document).tag
    if kind == f"{XSD}schema":
        return _xsd(document, access)
    if local(kind) in {"definitions", "description"}:
        found = wsdl.read(document, access)
        return SoapSource(found, XmlContract(found.schemas), _files(access))
    raise ContractUnreadable(document.name, f"is {local(kind)}: neither a WSDL nor an XSD", line=1)


def _fetcher(source: str, allow_private: bool) -> Fetch:
    """Imported when asked for: the way out of the machine needs the models, reading files does not."""
    from adapters.contracts.fetch import fetcher

    return fetcher(source, allow_private=allow_private)


def read_soap(path: Path) -> SoapSource:
    """A WSDL; raises ContractUnreadable for all else."""
    found = read(path)
    if not isinstance(found, SoapSource):
        raise ContractUnreadable(path.name, "is no WSDL")
    return found


def read_xml(path: Path) -> XmlSource:
    """An XSD; raises ContractUnreadable for all else."""
    found = read(path)
    if not isinstance(found, XmlSource):
        raise ContractUnreadable(path.name, "is no XSD")
    return found


def read_rest(path: Path) -> RestSource:
    """An OpenAPI document; raises ContractUnreadable for all else."""
    found = read(path)
    if not isinstance(found, RestSource):
        raise ContractUnreadable(path.name, "is no OpenAPI document")
    return found


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
    elements = elements or tuple(schemas.declared.get("element", {}))
    return XmlSource(XmlContract(schemas), elements, _files(access))


def _files(access: Access) -> tuple[File, ...]:
    """What was read from the contract's own folder, in order."""
    found = (File(name, access.root / name) for name in access.digests)
    return tuple(one for one in found if one.path.is_file())


def _toml(path: Path) -> RecordSource:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractUnreadable(path.name, str(error)) from error
    if "file" not in document:
        raise ContractUnreadable(path.name, "has no [file]: it is no record layout")
    return RecordSource(layout.read(path))
