"""A value of an OpenAPI document, and where it stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.contracts.json_documents import Document
from adapters.contracts.violation import ContractUnreadable

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A value, and where it stands."""

    value: Any
    document: Document
    path: Path

    def get(self, name: str | int, default: Any = None) -> "Node":
        value = self.value
        found = value.get(name, default) if isinstance(value, dict) else default
        return Node(found, self.document, (*self.path, name))

    def unreadable(self, message: str) -> ContractUnreadable:
        return self.document.unreadable(message, self.path)

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Members of an object; raises ContractUnreadable for anything else that is there."""
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            raise self.unreadable("must be an object")
        for name in self.value:
            yield str(name), self.get(name)

    def list(self) -> Iterator["Node"]:
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.unreadable("must be a list")
        for number, one in enumerate(self.value):
            yield Node(one, self.document, (*self.path, number))
