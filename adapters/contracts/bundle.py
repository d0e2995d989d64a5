"""A WSDL or XSD contract closed into one file, read without looking further: joined schemas and operations.

The file is JSON (``name.contract.json``): nothing in it is a program, nothing refers outside. Schemas stand
as XSD texts, one a namespace; annotations are left out. ``sources`` are the SHA-256 digests of the files that
it was made from, so that a later delivery can be compared.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from adapters.contracts import wsdl
from adapters.contracts.access import MAX_TOTAL, Access
from adapters.contracts.bindings import WsdlOperation
from adapters.contracts.definitions import Skipped
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl

ENDING = ".contract.json"
FORMAT = "onestop-contract-1"
_SHAPE = {
    "address": str,
    "operations": dict,
    "skipped": list,
    "notes": list,
    "elements": list,
    "sources": dict,
    "schemas": dict,
}
_KINDS: dict[str, type] = {
    field.name: {"bool": bool, "int": int, "str": str}.get(getattr(field.type, "__name__", ""), tuple)
    for field in fields(WsdlOperation)
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A closed contract. ``elements`` are the messages of an XSD, in the file's order; a WSDL has none."""

    wsdl: Wsdl
    elements: tuple[str, ...]
    sources: Mapping[str, str]


def is_bundle(path: Path) -> bool:
    """True for the name of a bundle."""
    return path.name.endswith(ENDING)


def write(path: Path, contract: Wsdl, elements: tuple[str, ...] = ()) -> None:
    """Write a contract that compiles; raises ContractUnreadable for one that does not."""
    contract.schemas.compile()
    document = {
        "format": FORMAT,
        "address": contract.address,
        "operations": {key: asdict(one) for key, one in contract.operations.items()},
        "skipped": [asdict(one) for one in contract.skipped],
        "notes": list(dict.fromkeys([*contract.notes, *contract.schemas.access.notes])),
        "elements": list(elements),
        "sources": dict(sorted(contract.schemas.access.digests.items())),
        "schemas": {uri: text.decode() for uri, text in contract.schemas.texts().items()},
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Bundle:
    """Read a bundle; raises ContractUnreadable."""
    try:
        if path.stat().st_size > MAX_TOTAL:
            raise ContractUnreadable(path.name, f"is larger than {MAX_TOTAL} bytes")
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ContractUnreadable(path.name, f"is not a bundle of this version ({FORMAT}); make it anew")
        return _built(path, document)
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ContractUnreadable(path.name, f"is damaged: {error}; make it anew", line=line) from error


def soap(path: Path, access: Access | None = None) -> Wsdl:
    """The WSDL of a connection: the document itself or its bundle. Raises ContractUnreadable."""
    return read(path).wsdl if is_bundle(path) else wsdl.read(path, access)


def schemas(path: Path, access: Access | None = None) -> SchemaSet:
    """The schemas of a connection: an XSD or its bundle. Raises ContractUnreadable."""
    if is_bundle(path):
        return read(path).wsdl.schemas
    found = SchemaSet(path.parent if access is None else access.root, access)
    found.add_file(path)
    return found


def _built(path: Path, document: dict[str, Any]) -> Bundle:
    wrong = [key for key, kind in _SHAPE.items() if not isinstance(document[key], kind)]
    if wrong:
        raise ValueError(f"{wrong[0]} is no {_SHAPE[wrong[0]].__name__}")
    texts = {str(uri): str(text).encode() for uri, text in document["schemas"].items()}
    operations = {key: _operation(one) for key, one in document["operations"].items()}
    contract = Wsdl(
        SchemaSet.closed(path.parent, texts),
        operations,
        str(document["address"]),
        tuple(Skipped(**one) for one in document["skipped"]),
        _texts("notes", document["notes"]),
    )
    return Bundle(contract, _texts("elements", document["elements"]), document["sources"])


def _operation(values: dict[str, Any]) -> WsdlOperation:
    known: dict[str, Any] = {name: value for name, value in values.items() if name in _KINDS}
    for name, value in known.items():
        if _KINDS[name] is tuple:
            known[name] = _texts(name, value)
        elif not isinstance(value, _KINDS[name]):
            raise ValueError(f"{name} is no {_KINDS[name].__name__}")
    return WsdlOperation(**known)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} is no list of texts")
    return tuple(value)
