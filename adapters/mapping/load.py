"""A connection's ``mapping.toml`` as a rule book and plans; what is wrong in it is Misconfigured."""

from collections.abc import Callable
from typing import TypeVar

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import Misconfigured
from adapters.mapping.plan import CREDENTIALS, FaultTable, Plan, plans
from adapters.mapping.rules import MappingWrong, RuleBook, parse

T = TypeVar("T")


def compiled(spec: ConnectionSpec, compile_all: Callable[[], T]) -> T:
    """Run a compilation step; raises Misconfigured naming the connection."""
    try:
        return compile_all()
    except MappingWrong as error:
        raise Misconfigured(
            spec.key, str(error) if "mapping.toml" in str(error) else f"mapping.toml: {error}"
        ) from error
    except ContractUnreadable as error:
        raise Misconfigured(spec.key, f"contract: {error}") from error


def mapping(spec: ConnectionSpec) -> tuple[RuleBook, dict[str, Plan], FaultTable]:
    """The rule book, its operations and its fault table; raises Misconfigured."""

    def read() -> tuple[RuleBook, dict[str, Plan], FaultTable]:
        book = parse(spec.mapping())
        return book, plans(book), FaultTable.parse(book.fault)

    return compiled(spec, read)


def credentials_taken(spec: ConnectionSpec) -> list[str]:
    """The connection's credentials that header blocks of its messages take, by name; raises Misconfigured."""
    if not (spec.folder / "mapping.toml").is_file():
        return []
    _, operations, _ = mapping(spec)
    taken = (rule.canonical for plan in operations.values() for rule in plan.header)
    return sorted({one.removeprefix(f"{CREDENTIALS}.") for one in taken if one.startswith(f"{CREDENTIALS}.")})
