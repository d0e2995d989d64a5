"""Joined schemas compiled by libxml2, its refusals told in the places of the contract's own files.

A pattern that libxml2 cannot compile is left out with a note rather than refused: registers publish patterns
in the dialects of their own tools (``(?:…)``, ``[\\x20-\\x7E]``), which XSD 1.0 part 2, appendix F, has not.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from adapters.contracts.flatten import Joined, one_a_line
from adapters.contracts.markup import XSD, tidy
from adapters.contracts.namespaces import XSD_URI, file_of
from adapters.contracts.violation import ContractUnreadable

MAX_TURNS = 50
_SCHEME = "contract:"
_UNIMPORTED = re.compile(r"components in the namespace '([^']*)' are not allowed")
_UNMATCHABLE = "of the facet 'pattern' is not a valid regular expression"


class Unmatchable(Exception):
    """Patterns cannot be compiled; all else may be in order."""

    def __init__(self, places: list[tuple[int, int]]) -> None:
        super().__init__(f"{len(places)} patterns")
        self.places = places  # number of the schema, line in its text

    def leave_out(self, schemas: list[Joined]) -> list[str]:
        """Take the patterns out of the joined schemas; returns what to tell people."""
        notes = []
        for number, line in sorted(set(self.places), reverse=True):
            schema = schemas[number]
            element, origin = list(schema.root.iter())[line - 1], schema.origins.pop(line - 1)
            element.getparent().remove(element)
            one_a_line(schema.root)
            schema.written = b""
            place = f"{file_of(origin)}, line {origin.sourceline}"
            notes.append(f"{place}: the pattern {origin.get('value')!r} is not XSD's and is not checked")
        return notes


def address(number: int) -> str:
    """Where the compiler finds a joined schema."""
    return f"{_SCHEME}{number}"


def compiled(texts: Mapping[str, bytes], name: str, schemas: list[Joined] | None = None) -> Any:
    """The ``lxml.etree.XMLSchema`` of joined schemas by namespace; ``name`` is the contract's.

    Raises ContractUnreadable, or Unmatchable where nothing but patterns is wrong and ``schemas`` are given.
    """
    driver = etree.Element(f"{XSD}schema", nsmap={"xs": XSD_URI}, targetNamespace=_SCHEME)
    for number, uri in enumerate(texts):
        where = {"schemaLocation": address(number)} | ({"namespace": uri} if uri else {})
        etree.SubElement(driver, f"{XSD}import", where)
    reader = etree.XMLParser(no_network=True, resolve_entities=False)
    reader.resolvers.add(_Texts({address(number): text for number, text in enumerate(texts.values())}))
    try:
        return etree.XMLSchema(etree.fromstring(etree.tostring(driver), reader))
    except etree.XMLSchemaParseError as error:
        places = _patterns(error) if schemas else []
        if places:
            raise Unmatchable(places) from error
        raise _unreadable(error, name, schemas or []) from error


class _Texts(etree.Resolver):
    """Hands the compiler the documents in memory, and refuses every other address."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self.texts = texts

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        """Called by libxml2 for each reference."""
        text = self.texts.get(system_url, b"<unknown/>")
        return self.resolve_string(text, context, base_url=system_url)


def _number(entry: Any) -> int:
    """The schema that an entry of the log is about, -1 for none."""
    number = (entry.filename or "").removeprefix(_SCHEME)
    return int(number) if number.isdecimal() else -1


def _patterns(error: Any) -> list[tuple[int, int]]:
    found = [one for one in error.error_log if _UNMATCHABLE in one.message]
    return [(_number(one), one.line) for one in found if _number(one) >= 0]


def _unreadable(error: Any, name: str, schemas: list[Joined]) -> ContractUnreadable:
    """The compiler's refusal with the place in the contract's own files."""
    first = next((one for one in error.error_log if "Warning" not in one.level_name), None)
    if first is None:
        return ContractUnreadable(name, str(error))
    unimported, message = _UNIMPORTED.search(first.message), tidy(first.message)
    if unimported is not None:
        message = (
            f"refers to the namespace {unimported[1]}, of which the contract has no schema; "
            "ask the agency for the missing file, or import it"
        )
    if "not determinist" in message:
        message += (
            " XSD 1.0 takes no optional element before an xs:any that admits it too; ask for a schema whose "
            "xs:any says ##other"
        )
    number = _number(first)
    if 0 <= number < len(schemas) and 0 < first.line <= len(schemas[number].origins):
        origin = schemas[number].origins[first.line - 1]
        return ContractUnreadable(file_of(origin) or name, message, line=origin.sourceline or 0)
    return ContractUnreadable(name, message)
