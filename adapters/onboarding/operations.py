"""A contract's operations with the places of what goes and comes, whatever it is written in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from adapters.contracts import layout, openapi, outline, wsdl
from adapters.contracts.access import Access
from adapters.contracts.rest_operation import Answer, RestOperation
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.onboarding import choices, names, places
from adapters.onboarding.choices import Choice
from adapters.onboarding.places import Place

Lazy = Callable[[], list[Place]]


@dataclass(frozen=True, slots=True)
class Described:
    """One operation. ``parameters`` are those of a REST address; ``answer`` is an XML reply's element."""

    name: str
    request: Lazy
    reply: Lazy
    parameters: tuple[str, ...] = ()
    headers: tuple[tuple[str, Lazy], ...] = ()  # header blocks by local name, and what is in them
    faults: Lazy = list
    answer: str = ""
    before: str = ""  # what is read for the ETag that a change is made against
    fault: str = ""  # the element by which an XML agency says no
    answers: tuple[tuple[str, list[Place]], ...] = ()  # acknowledging records, by their codes
    choices: Callable[[], list[Choice]] = list  # what a request must choose


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as an integrator sees it. ``kind`` is the adapter kind that speaks it."""

    kind: str
    operations: dict[str, Described]
    address: str = ""
    has_sequence: bool = False  # record files that are numbered

    def find(self, wanted: str) -> Described | None:
        """An operation by its name; of an XSD ``ASK=ANSWER`` says which element answers."""
        name, _, answer = wanted.partition("=")
        found, answering = self.operations.get(name), self.operations.get(answer)
        if found is None or not answer:
            return found
        return None if answering is None else replace(found, reply=answering.request, answer=answer)


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
        return _openapi(path, access)
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
            _element(found.schemas, operation.request, places.of_message),
            _element(found.schemas, operation.reply, places.of_message),
            headers=tuple(
                (name.rpartition("}")[2], _element(found.schemas, name)) for name in operation.headers
            ),
            faults=_all([_element(found.schemas, fault) for fault in operation.faults]),
            choices=_chosen(found.schemas, operation.request),
        )

    described = {name: one(operation) for name, operation in found.operations.items()}
    return Contract("soap", described, found.address)


def _element(
    schemas: SchemaSet, name: str, of: Callable[[SchemaSet, outline.Node], list[Place]] = places.of_element
) -> Lazy:
    def find() -> list[Place]:
        node = outline.root(schemas, name) if name else None
        return [] if node is None else of(schemas, node)

    return find


def _chosen(schemas: SchemaSet, name: str) -> Callable[[], list[Choice]]:
    def find() -> list[Choice]:
        node = outline.root(schemas, name) if name else None
        return [] if node is None else list(choices.of_element(node))

    return find


def _all(several: list[Lazy]) -> Lazy:
    return lambda: [place for one in several for place in one()]


def _xsd(path: Path, access: Access) -> Contract:
    """Every global element may be asked or answered; ``XRequest`` goes with ``XResponse`` where both are."""
    schemas = SchemaSet(access.root, access)
    schemas.add_file(path)
    declared = list(schemas.declared.get("element", {}))
    by_local = {name.rpartition("}")[2]: name for name in declared}
    described = {}
    for local, name in by_local.items():
        answer = _answer(local, by_local)
        reply = _element(schemas, by_local[answer]) if answer else list
        described[local] = Described(
            local, _element(schemas, name), reply, answer=answer, choices=_chosen(schemas, name)
        )
    faults = [one for local, one in described.items() if names.is_fault(local)]
    return Contract(
        "xmlhttp",
        {
            key: replace(one, faults=faults[0].request, fault=faults[0].name) if faults else one
            for key, one in described.items()
        },
    )


_ENDINGS = ("Response", "Reply", "Answer", "Result", "Antwoord", "Antwort", "Svar", "Resposta", "Respuesta")


def _answer(local: str, declared: dict[str, str]) -> str:
    stem = local.removesuffix("Request").removesuffix("Vraag").removesuffix("Anfrage")
    return next((f"{stem}{ending}" for ending in _ENDINGS if f"{stem}{ending}" in declared), "")


def _openapi(path: Path, access: Access) -> Contract:
    document = access.file(path)
    declared = openapi.read(document, access)
    described = {
        name: Described(
            name,
            _json(operation.body),
            _json(_success(operation)),
            parameters=operation.needed,
            faults=_all([_json(answer.body) for answer in _problems(operation)]),
            choices=partial(_json_choices, operation.body),
            before=_before(operation, declared),
        )
        for name, operation in declared.items()
    }
    return Contract("rest", described, openapi.address(document, access))


def _before(operation: RestOperation, declared: dict[str, RestOperation]) -> str:
    """The operation that reads what this one changes, where the change wants If-Match (RFC 9110, 13.1.1)."""
    if not any(name.lower() == "if-match" for name in operation.headers):
        return ""
    same = (one for one in declared.values() if one.path == operation.path and one.method == "GET")
    return next((one.name for one in same), "")


def _success(operation: RestOperation) -> Draft202012Validator | None:
    """The schema of the first answer of success that has one."""
    answers = [answer for status, answer in sorted(operation.answers.items()) if status // 100 == 2]
    answers += [answer for status, answer in operation.ranges.items() if status == 2]
    answers += [operation.default] if operation.default is not None and not answers else []
    return next((answer.body for answer in answers if answer.body is not None), None)


def _problems(operation: RestOperation) -> list[Answer]:
    """The answers by which an operation says no."""
    found = [answer for status, answer in sorted(operation.answers.items()) if status >= 400]
    found += [answer for status, answer in operation.ranges.items() if status >= 4]
    return [*found, *([operation.default] if operation.default is not None else [])]


def _json(validator: Draft202012Validator | None) -> Lazy:
    if validator is None:
        return list
    found = partial(places.of_body, validator.schema, _resolver(validator))
    return lambda: list(islice(found(), places.MAX_PLACES))


def _json_choices(validator: Draft202012Validator | None) -> list[Choice]:
    return [] if validator is None else list(choices.of_schema(validator.schema, _resolver(validator)))


def _resolver(validator: Any) -> Callable[[Any], Any]:
    def resolve(node: Any) -> Any:
        for _ in range(20):
            if not isinstance(node, dict) or "$ref" not in node:
                return node
            node = validator._resolver.lookup(node["$ref"]).contents  # jsonschema has no public way
        return {}

    return resolve


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
    frame = [field for record in (file.head, file.tail) if record is not None for field in record.fields]
    return Contract("records", described, has_sequence=any(one.name == "sequenceNo" for one in frame))


def _answers(file: layout.FileLayout) -> Iterator[tuple[str, list[Place]]]:
    framing = {record.code for record in (file.head, file.tail) if record is not None}
    for code, record in file.records.items():
        if code not in framing:
            yield code, places.of_record(record)
