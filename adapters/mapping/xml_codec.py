"""One XML message, both ways: canonical value to text, element to canonical value."""

from typing import Any

from adapters.contracts.outline import Node
from adapters.mapping.rules import RuleBook, Rules
from adapters.mapping.xml_decode import compile_reader
from adapters.mapping.xml_encode import Compiler
from adapters.mapping.xml_text import Prefixes

XSI_URI = "http://www.w3.org/2001/XMLSchema-instance"


class XmlWriter:
    """Writes one message, and header blocks beside it, with namespaces declared once around them."""

    def __init__(
        self,
        book: RuleBook,
        node: Node | None,
        rules: Rules,
        *,
        headers: tuple[tuple[Node, Rules], ...] = (),
        typed: bool = False,
        attributes: str = "",
        is_root: bool = False,
    ) -> None:
        prefixes = Prefixes()
        compiler = Compiler(book, prefixes, typed=typed)
        self._write = _nothing if node is None else compiler.message(node, rules, attributes)
        self._headers = [compiler.header(node, own) for node, own in headers]
        xsi = f' xmlns:xsi="{XSI_URI}"' if typed else ""
        self.declarations = f"{prefixes.declarations()}{xsi}"
        if (
            is_root and node is not None
        ):  # nothing stands around the message: it declares its namespaces itself
            self._write = compiler.message(node, rules, self.declarations)

    def body(self, value: Any) -> str:
        """The message's text; raises Unfit with the canonical path."""
        out: list[str] = []
        self._write(out, value)
        return "".join(out)

    def header(self, value: Any) -> str:
        """The header blocks' text; raises Unfit."""
        out: list[str] = []
        for write in self._headers:
            write(out, value)
        return "".join(out)


def _nothing(out: list[str], value: Any) -> None:
    """Write a message without a body."""


class XmlReader:
    """Reads one received message into a canonical value."""

    def __init__(self, book: RuleBook, node: Node, rules: Rules) -> None:
        self._reader = compile_reader(book, node, rules)

    def read(self, element: Any) -> dict[str, Any]:
        """The canonical value; raises Unfit with the agency's field."""
        return self._reader.read(element, {})
