"""The compiled operations of one connection, found by the name that workflows use."""

from typing import Protocol, TypeVar

from adapters.errors import Misconfigured
from adapters.ports import Request


class Operation(Protocol):
    """One operation ready to use; each kind of connection has its own."""

    def unmapped(self) -> list[str]:
        """Return the agency's required fields that no rule fills."""
        ...


Compiled = TypeVar("Compiled", bound=Operation)


class Operations(dict[str, Compiled]):
    """Operations by name."""

    def __init__(self, connection: str) -> None:
        super().__init__()
        self.connection = connection

    def find(self, request: Request) -> Compiled:
        """Return the operation a request asks for; raises Misconfigured."""
        try:
            return self[request.operation]
        except KeyError as error:
            message = f"mapping.toml has no operation {request.operation!r}"
            raise Misconfigured(self.connection, message) from error

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        found = {name: operation.unmapped() for name, operation in self.items()}
        return {name: paths for name, paths in found.items() if paths}
