"""Which services use a connection, and which of them a change of its contract touches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters import registry
from adapters.errors import AdapterError
from adapters.models import Connection, ConnectionCheck
from workflows.definitions.model import every_block
from workflows.models import Case, ServiceVersion

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a service uses an operation of a connection; ``connection`` may be an expression."""

    service: str
    title: str
    connection: str
    operation: str
    where: str  # a step's id, or what is filled in before the citizen answers


def uses(connection: str) -> list[Use]:
    """Where services that run use a connection; a computed connection may be any with that operation."""
    operations = set(_calls(connection))
    return [
        use
        for version in _running()
        for use in _uses_of(version)
        if use.connection == connection or (use.connection.startswith("=") and use.operation in operations)
    ]


def affected(row: ConnectionCheck) -> list[str]:
    """The titles of the services that a check's changes touch; of one that is down all that use it."""
    found = uses(row.connection)
    if row.state != ConnectionCheck.State.DOWN:
        changed = {change["operation"] for change in row.changes}
        calls = _calls(row.connection)
        found = [use for use in found if changed & calls.get(use.operation, set())]
    return list(dict.fromkeys(use.title for use in found))


def _calls(connection: str) -> dict[str, set[str]]:
    """Our operations of a connection, and what each calls or reads of the contract."""
    row = Connection.objects.filter(key=connection).first()
    if row is None:
        return {}
    try:
        operations = registry.spec(row).mapping().get("operations", {})
    except AdapterError:
        return {}
    return {name: set(_named(table)) for name, table in operations.items()}


def _named(table: JSON) -> Iterator[str]:
    for name in ("call", "answer", "before"):
        if isinstance(table.get(name), str):
            yield table[name]
    if isinstance(table.get("check"), dict):
        yield from _named(table["check"])
    yield from table.get("acknowledged", {})


def _running() -> Iterable[ServiceVersion]:
    """The newest version of each service, and older ones on which a case is under way."""
    newest: dict[str, int] = {}
    rows = list(ServiceVersion.objects.order_by("service", "version"))
    for row in rows:
        newest[row.service] = row.pk
    busy = set(Case.objects.under_way().values_list("service_version_id", flat=True).distinct())
    return [row for row in rows if row.pk in busy or newest[row.service] == row.pk]


def _uses_of(version: ServiceVersion) -> Iterator[Use]:
    document = version.document
    for one in document.get("prefill", []):
        yield Use(
            version.service, version.title, one["connection"], one["operation"], f"prefill {one['into']}"
        )
    for page in document.get("pages", []):
        for question in page["fields"]:
            if search := question.get("search"):
                where = f"question {question['name']}"
                yield Use(version.service, version.title, search["connection"], search["operation"], where)
    for block in every_block(document["steps"]):
        if "connection" in block and "operation" in block:
            yield Use(version.service, version.title, block["connection"], block["operation"], block["id"])
