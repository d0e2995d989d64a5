"""A contract's operations with the places of what goes and comes, whatever it is written in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from adapters.contracts import layout, openapi, outline, wsdl
from adapters.contracts.access import Access
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.onboarding import places
from adapters.onboarding.places import Place

Lazy = Callable[[], list[Place]]


@dataclass(frozen=True, slots=True)
class Described:
    """One operation. ``parameters`` are those of a REST address; ``answer`` is an XML reply's element."""

    name: str
    request: Lazy
    reply: Lazy
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    faults: Lazy = list
    answer: str = ""
    answers: tuple[tuple[str, list[Place]], ...] = ()  # acknowledging records, by their codes


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as an integrator sees it. ``kind`` is the adapter kind that speaks it."""

    kind: str
    operations: dict[str, Described]
    address: str = ""
    version: str = ""


def read(path: Path, access: Access | None = None) -> Contract:
    """Read a contract file; ``access`` says what it may refer to. Raises ContractUnreadable."""
    access = access or Access(path.parent)
    name = path.name.lower()
    if name.endswith(".wsdl") or _starts_as(path, b"definitions"):
        return _wsdl(path, access)
    if name.endswith(".xsd"):
        return _xsd(path, access)
    if name.endswith(".toml"):
        return _layout(path)
    if name.endswith((".json", ".yaml", ".yml")):
        return _openapi(path)
    raise ContractUnreadable(
        path.name, "is no contract: give a .wsdl, .xsd, .json (OpenAPI) or .layout.toml file"
    )


def _starts_as(path: Path, word: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return word in file.read(4000) and path.suffix == ".xml"
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error


def _wsdl(path: Path, access: Access) -> Contract:
    found = wsdl.read(path, access)

    def one(operation: wsdl.WsdlOperation) -> Described:
        return Described(
            operation.name,
            _element(found.schemas, operation.request),
            _element(found.schemas, operation.reply),
            headers=tuple(operation.headers),
            faults=_all([_element(found.schemas, fault) for fault in operation.faults]),
        )

    described = {name: one(operation) for name, operation in found.operations.items()}
    return Contract("soap", described, found.address)


def _element(schemas: SchemaSet, name: str) -> Lazy:
    def find() -> list[Place]:
        node = outline.root(schemas, name) if name else None
        return [] if node is None else places.of_element(schemas, node)

    return find


def _all(several: list[Lazy]) -> Lazy:
    return lambda: [place for one in several for place in one()]


def _xsd(path: Path, access: Access) -> Contract:
    """Every global element may be asked or answered; ``XRequest`` goes with ``XResponse`` where both are."""
    schemas = SchemaSet(access.root, access)
    schemas.add_file(path)
    names = list(schemas.declared.get("element", {}))
    by_local = {name.rpartition("}")[2]: name for name in names}
    described = {}
    for local, name in by_local.items():
        answer = _answer(local, by_local)
        reply = _element(schemas, by_local[answer]) if answer else list
        described[local] = Described(local, _element(schemas, name), reply, answer=answer)
    return Contract("xmlhttp", described)


_ENDINGS = ("Response", "Reply", "Answer", "Result", "Antwoord", "Antwort", "Svar", "Resposta", "Respuesta")


def _answer(local: str, names: dict[str, str]) -> str:
    stem = local.removesuffix("Request").removesuffix("Vraag").removesuffix("Anfrage")
    return next((f"{stem}{ending}" for ending in _ENDINGS if f"{stem}{ending}" in names), "")


def _openapi(path: Path) -> Contract:
    document = _document(path)
    resolve = _resolver(document)
    described = {
        name: Described(
            name,
            _json(operation.body_schema, resolve),
            _json(_success(document, name, resolve), resolve),
            parameters=tuple(operation.parameters),
        )
        for name, operation in openapi.read(path).items()
    }
    servers = document.get("servers") or [{}]
    return Contract("rest", described, str(servers[0].get("url", "")))


def _document(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ContractUnreadable(path.name, str(error), line=getattr(error, "lineno", 0)) from error
    return found


def _resolver(document: dict[str, Any]) -> Callable[[Any], Any]:
    def resolve(node: Any) -> Any:
        for _ in range(20):
            if not isinstance(node, dict) or "$ref" not in node:
                return node
            target: Any = document
            for part in str(node["$ref"]).rpartition("#/")[2].split("/"):
                target = target.get(part.replace("~1", "/").replace("~0", "~"), {})
            node = target
        return {}

    return resolve


def _success(document: dict[str, Any], name: str, resolve: Callable[[Any], Any]) -> Any:
    """The schema of the first answer of success of an operation."""
    for item in document.get("paths", {}).values():
        for operation in item.values():
            if not isinstance(operation, dict) or operation.get("operationId") != name:
                continue
            for status, answer in sorted(operation.get("responses", {}).items()):
                for media_type, entry in resolve(answer).get("content", {}).items():
                    if str(status).startswith("2") and "json" in media_type:
                        return entry.get("schema")
    return None


def _json(schema: Any, resolve: Callable[[Any], Any]) -> Lazy:
    return lambda: [] if schema is None else list(places.of_schema(schema, resolve))


def _layout(path: Path) -> Contract:
    layouts = layout.read(path)
    file = layouts["file"]
    framing = {record.code for record in (file.head, file.tail) if record is not None}
    answers = layouts.get("acknowledgement")
    replies = () if answers is None else tuple(_answers(answers))
    described = {
        code: Described(code, partial(places.of_record, record), list, answers=replies)
        for code, record in file.records.items()
        if code not in framing
    }
    return Contract("records", described)


def _answers(file: layout.FileLayout) -> Iterator[tuple[str, list[Place]]]:
    framing = {record.code for record in (file.head, file.tail) if record is not None}
    for code, record in file.records.items():
        if code not in framing:
            yield code, places.of_record(record)
