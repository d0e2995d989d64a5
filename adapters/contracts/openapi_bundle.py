"""An OpenAPI contract of several files closed into one OpenAPI document, which refers outside no more.

Every other file that is referred to stands whole under ``x-documents``, by the number in which it was met,
and references lead there. ``x-sources`` are the SHA-256 digests of the files, so that a later delivery can
be compared.
"""

import json
from pathlib import Path
from typing import Any

from adapters.contracts import json_documents
from adapters.contracts.access import Access, Source
from adapters.contracts.json_documents import Document
from adapters.contracts.violation import ContractUnreadable

ENDING = ".openapi.json"
DOCUMENTS, SOURCES = "x-documents", "x-sources"


def write(path: Path, source: Source, access: Access) -> int:
    """Write the closed document; returns how many files went into it. Raises ContractUnreadable."""
    bundler = _Bundler(access)
    root = bundler.closed(source)
    others = {str(number): one for number, one in enumerate(bundler.documents[1:], 1)}
    closed = {
        **root,
        **({DOCUMENTS: others} if others else {}),
        SOURCES: dict(sorted(access.digests.items())),
    }
    path.write_text(json.dumps(closed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(bundler.documents)


class _Bundler:
    def __init__(self, access: Access) -> None:
        self.access = access
        self.numbers: dict[str, int] = {}
        self.documents: list[Any] = []

    def closed(self, source: Source) -> dict[str, Any]:
        """The root document with every reference led into itself."""
        self._number(source)
        root = self.documents[0]
        if not isinstance(root, dict):
            raise ContractUnreadable(source.name, "is not an OpenAPI document", line=1)
        return root

    def _number(self, source: Source) -> int:
        """The number of a document, read and closed when it is first met."""
        if source.key not in self.numbers:
            number = self.numbers[source.key] = len(self.documents)
            self.documents.append(None)
            document = json_documents.read(self.access, source)
            self.documents[number] = self._led(document.value, document, number, ())
        return self.numbers[source.key]

    def _led(self, value: Any, document: Document, number: int, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, list):
            return [self._led(one, document, number, (*path, index)) for index, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return {
            key: self._reference(one, document, number, path)
            if key == "$ref" and isinstance(one, str)
            else self._led(one, document, number, (*path, key))
            for key, one in value.items()
        }

    def _reference(self, reference: str, document: Document, number: int, path: tuple[str | int, ...]) -> str:
        location, _, pointer = reference.partition("#")
        if location:
            line = document.line(path)
            number = self._number(self.access.refer(location, document.source, line))
        return f"#/{DOCUMENTS}/{number}{pointer}" if number else f"#{pointer}"
