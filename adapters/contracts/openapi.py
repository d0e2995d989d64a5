"""OpenAPI 3.0 and 3.1 documents, JSON or YAML: operations, with validators of bodies and parameters.

Schemas are checked as JSON Schema 2020-12 with formats (:mod:`adapters.contracts.openapi_schemas`).
References may lead to other files of the contract's folder. Bodies are read by
:mod:`adapters.contracts.media`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.contracts.access import Access, Source
from adapters.contracts.media.content import Content
from adapters.contracts.openapi_reader import OpenApiReader
from adapters.contracts.rest_operation import Answer, RestOperation
from adapters.contracts.violation import ContractUnreadable

__all__ = ["Answer", "RestOperation", "address", "read", "required_paths"]


def read(source: Path | Source, access: Access | None = None) -> dict[str, RestOperation]:
    """The operations of a document by ``operationId``; raises ContractUnreadable.

    An operation without one is called by its method and path: ``get_people_id`` for ``GET /people/{id}``.
    """
    access = access or Access(Path(source if isinstance(source, Path) else source.key).parent)
    try:
        reader = OpenApiReader(access, access.file(source) if isinstance(source, Path) else source)
        return {operation.name: operation for operation in reader.operations()}
    except RecursionError as error:
        name = source.name
        raise ContractUnreadable(name, "is nested too deep", line=1) from error


def address(source: Source, access: Access) -> str:
    """The address of the first server that a document names, "" for none; raises ContractUnreadable."""
    servers = OpenApiReader(access, source).root.value.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    return str(first.get("url", "")) if isinstance(first, dict) else ""


def required_paths(content: Content) -> Iterator[str]:
    """What a body must have, as mappings write it: ``address/city``, ``.`` for one that is a single value."""
    return iter(["."]) if content.is_whole else _required(content.required, "")


def _required(schema: Any, prefix: str) -> Iterator[str]:
    for name in schema.get("required", []) if isinstance(schema, dict) else []:
        member = schema.get("properties", {}).get(name, {})
        nested = list(_required(member, f"{prefix}{name}/"))
        yield from nested or [f"{prefix}{name}"]
