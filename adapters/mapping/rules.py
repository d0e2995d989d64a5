"""What a ``mapping.toml`` may say, parsed to frozen rules. The same rule serves both directions.

A rule ties one place of the agency's message to one canonical path::

    { agency = "Notifier/Surname", canonical = "person.familyName" }

``agency``     elements by local name with ``/``, an attribute with ``@``; a JSON member; a record's field
``canonical``  names with ``.``; ``@idempotency_key``, ``@correlation_id``, ``@now`` come from the call
``constant``   instead of ``canonical`` (always sent) or instead of ``agency`` (always read)
``use``        the name of a shape: both sides are objects;  ``each``  both are lists of that shape
               (``each = "value"``: lists of plain values)
``codes``      the name of a code list;  ``date``  iso or a pattern such as YYYYMMDD
``type``       int, bool or text: what the canonical value is
``group``      sizes of blank-separated groups that only the canonical form has, e.g. [3, 3]
``join``       canonical paths that the agency keeps in one field, with ``with`` between (default a blank)
``when``       a condition on the canonical value: ``path``, ``not path`` or ``path = word``
``default``    what is sent where the canonical value is absent
"""

from dataclasses import dataclass
from typing import Any

_KNOWN = {
    *("agency", "canonical", "constant", "use", "each", "codes", "date", "type", "group", "join", "with"),
    *("when", "default"),
}


class MappingWrong(Exception):
    """A mapping cannot be compiled. Final until the file is mended."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping."""

    agency: str = ""
    canonical: str = ""
    constant: str | None = None
    use: str = ""
    each: str = ""
    codes: str = ""
    date: str = ""
    type: str = "text"
    group: tuple[int, ...] = ()
    join: tuple[str, ...] = ()
    glue: str = " "
    when: str = ""
    default: str | None = None

    def __str__(self) -> str:
        return f"{self.agency or 'nothing'} = {self.canonical or '+'.join(self.join) or repr(self.constant)}"


Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """Canonical words and the agency's codes for them; a default must be stated where it is wanted."""

    name: str
    to_agency: dict[str, str]
    to_canonical: dict[str, str]
    default: str | None  # agency code for any other word
    default_canonical: str | None  # canonical word for any other code


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A whole ``mapping.toml``: shapes and code lists, and the raw table of operations."""

    shapes: dict[str, Rules]
    codes: dict[str, CodeList]
    operations: dict[str, dict[str, Any]]
    fault: dict[str, Any]

    def rules(self, value: Any, where: str) -> Rules:
        """Parse a list of rules; raises MappingWrong."""
        return parse_rules(value, where)


def parse(document: dict[str, Any]) -> RuleBook:
    """Parse a mapping document; raises MappingWrong."""
    shapes = {
        name: parse_rules(value, f"shapes.{name}") for name, value in document.get("shapes", {}).items()
    }
    codes = {name: _code_list(name, value) for name, value in document.get("codes", {}).items()}
    book = RuleBook(shapes, codes, document.get("operations", {}), document.get("fault", {}))
    for name, rules in shapes.items():
        _check_references(book, rules, f"shapes.{name}")
    return book


def parse_rules(value: Any, where: str) -> Rules:
    """Parse a list of rule tables; raises MappingWrong naming the rule."""
    if not isinstance(value, list):
        raise MappingWrong(f"{where} must be a list of rules")
    return tuple(_rule(table, f"{where}, rule {number}") for number, table in enumerate(value, start=1))


def _rule(table: dict[str, Any], where: str) -> Rule:
    unknown = set(table) - _KNOWN
    if unknown:
        raise MappingWrong(f"{where} says {', '.join(sorted(unknown))}, which no rule knows")
    sources = [name for name in ("canonical", "constant", "join") if name in table]
    if len(sources) != 1 and not (sources == ["canonical", "constant"] and "agency" not in table):
        raise MappingWrong(f"{where} must say one of canonical, constant or join")
    if "agency" not in table and "constant" not in table:
        raise MappingWrong(f"{where} must say agency")
    if "use" in table and "each" in table:
        raise MappingWrong(f"{where} says both use and each")
    return Rule(
        agency=table.get("agency", ""),
        canonical=table.get("canonical", ""),
        constant=table.get("constant"),
        use=table.get("use", ""),
        each=table.get("each", ""),
        codes=table.get("codes", ""),
        date=table.get("date", ""),
        type=table.get("type", "text"),
        group=tuple(table.get("group", ())),
        join=tuple(table.get("join", ())),
        glue=table.get("with", " "),
        when=table.get("when", ""),
        default=table.get("default"),
    )


def _check_references(book: RuleBook, rules: Rules, where: str) -> None:
    for rule in rules:
        shape = rule.use or (rule.each if rule.each != "value" else "")
        if shape and shape not in book.shapes:
            raise MappingWrong(f"{where}: there is no shape {shape!r}")
        if rule.codes and rule.codes not in book.codes:
            raise MappingWrong(f"{where}: there is no code list {rule.codes!r}")


def check_references(book: RuleBook, rules: Rules, where: str) -> Rules:
    """Return ``rules`` once every shape and code list they name exists; raises MappingWrong."""
    _check_references(book, rules, where)
    return rules


def _code_list(name: str, table: dict[str, Any]) -> CodeList:
    words = {key: str(value) for key, value in table.items() if key not in {"default", "default_canonical"}}
    back: dict[str, str] = {}
    for word, code in words.items():
        back.setdefault(code, word)
    return CodeList(name, words, back, table.get("default"), table.get("default_canonical"))
