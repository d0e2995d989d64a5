"""What a ``mapping.toml`` may say, parsed to frozen rules. The same rule serves both directions.

A rule ties one place of the agency's message to one canonical path::

    { agency = "Notifier/Surname", canonical = "person.familyName" }

``agency``     elements by local name with ``/``, an attribute with ``@``; a JSON member; a record's field
``canonical``  names with ``.``; ``@idempotency_key``, ``@correlation_id``, ``@reference`` come from the call
``constant``   instead of ``canonical`` (always sent) or instead of ``agency`` (always read)
``use``        the name of a shape: both sides are objects;  ``each``  both are lists of that shape
               (``each = "value"``: lists of plain values)
``codes``      the name of a code list
``date``       ``iso``, ``moment`` or a pattern of YYYY MM DD HH mm SS; with ``partial`` and ``zone``
``type``       text, int, number or bool: what the canonical value is; ``present``: true where the agency's
               element is there at all, for replies
``transform``  words of :mod:`adapters.mapping.transforms`, done in order when sending, undone when reading
``group``      sizes of blank-separated groups that only the canonical form has, e.g. [3, 3]
``join``       canonical paths that the agency keeps in one field;  ``split``  agency places that hold
               one canonical value; both have ``with`` between (default a blank), or a ``pattern`` to take
               them apart, with one group each
``when``       a condition on the canonical value, for sending;  ``when_agency``  on the agency's, for reading
``default``    what is sent where the canonical value is absent;  ``default_canonical``  what is read where
               the agency's is
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.mapping import dates, transforms
from adapters.mapping.conditions import split as split_condition
from adapters.mapping.paths import agency_steps, as_text, steps
from adapters.mapping.wrong import MappingWrong

__all__ = ["CodeList", "MappingWrong", "Part", "Rule", "RuleBook", "Rules", "parse", "parse_rules"]

ORIGIN = "@origin"  # put into every rule's table by the reader of the file: "mapping.toml, line 14"
REFUSE = "refuse"
SCALAR = (str, int, float, bool)
_KNOWN: dict[str, Any] = {
    **dict.fromkeys(("agency", "canonical", "use", "each", "codes", "date", "partial", "zone"), str),
    **dict.fromkeys(("type", "with", "pattern", "when", "when_agency", ORIGIN), str),
    **dict.fromkeys(("join", "split", "transform", "group"), list),
    **dict.fromkeys(("constant", "default", "default_canonical"), SCALAR),
}
_TYPES = {"text", "int", "number", "bool", "present"}


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a split value a rule carries: ``index`` of ``count``."""

    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping. A split is one rule for each of the agency's places."""

    agency: str = ""
    canonical: str = ""
    constant: Any = None
    use: str = ""
    each: str = ""
    codes: str = ""
    date: str = ""
    partial: str = ""
    zone: str = ""
    type: str = "text"
    transform: tuple[str, ...] = ()
    group: tuple[int, ...] = ()
    join: tuple[str, ...] = ()
    part: Part | None = None
    glue: str = " "
    pattern: str = ""
    when: str = ""
    when_agency: str = ""
    default: Any = None
    default_canonical: Any = None
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        own = f"{self.agency or 'nothing'} = {self.canonical or '+'.join(self.join) or repr(self.constant)}"
        return f"{self.origin}: {own}" if self.origin else own

    @property
    def source(self) -> str:
        """The canonical path that a fault of the value is reported at."""
        return self.join[0] if self.join else self.canonical


Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """Canonical words and the agency's codes for them. ``None`` for a default means refuse."""

    name: str
    to_agency: dict[str, str]
    to_canonical: dict[str, str]
    default: str | None  # agency code for any other word
    default_canonical: str | None  # canonical word for any other code
    origin: str = field(default="", compare=False)


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
    for name in ("shapes", "codes", "operations", "fault"):
        _insist(isinstance(document.get(name, {}), dict), f"{name} must be a table")
    unknown = set(document) - {"shapes", "codes", "operations", "fault", "extends"}
    _insist(not unknown, f"{', '.join(sorted(unknown))}: a mapping has shapes, codes, operations and fault")
    shapes = {
        name: parse_rules(value, f"shapes.{name}") for name, value in document.get("shapes", {}).items()
    }
    codes = {name: _code_list(name, value) for name, value in document.get("codes", {}).items()}
    operations = document.get("operations", {})
    for name, table in operations.items():
        _insist(isinstance(table, dict), f"operations.{name} must be a table")
    book = RuleBook(shapes, codes, operations, document.get("fault", {}))
    for name, rules in shapes.items():
        check_references(book, rules, f"shapes.{name}")
    return book


def parse_rules(value: Any, where: str) -> Rules:
    """Parse a list of rule tables; raises MappingWrong naming the rule."""
    if not isinstance(value, list):
        raise MappingWrong(f"{where} must be a list of rules")
    found: list[Rule] = []
    for number, table in enumerate(value, start=1):
        place = f"{where}, rule {number}"
        _insist(isinstance(table, dict), f"{place} must be a table")
        origin = table.get(ORIGIN, "")
        try:
            found += _rule(table, place)
        except MappingWrong as error:
            raise MappingWrong(f"{origin}: {error}" if origin else str(error)) from error
    return tuple(found)


def _rule(table: dict[str, Any], where: str) -> list[Rule]:
    _check_types(table, where)
    _check_sides(table, where)
    rule = Rule(
        constant=table.get("constant"),
        transform=tuple(table.get("transform", ())),
        group=tuple(table.get("group", ())),
        join=tuple(table.get("join", ())),
        glue=table.get("with", " "),
        default=table.get("default"),
        default_canonical=table.get("default_canonical"),
        origin=table.get(ORIGIN, ""),
        type=table.get("type", "text"),
        **{name: table.get(name, "") for name in _TEXTS},
    )
    places = table.get("split", [])
    rules = [replace(rule, agency=place, part=Part(at, len(places))) for at, place in enumerate(places)]
    for one in rules or [rule]:
        _check_values(one, where)
    return rules or [rule]


_TEXTS = (
    *("agency", "canonical", "use", "each", "codes", "date", "partial", "zone", "pattern"),
    *("when", "when_agency"),
)


def _check_types(table: dict[str, Any], where: str) -> None:
    unknown = set(table) - set(_KNOWN)
    _insist(not unknown, f"{where} says {', '.join(sorted(unknown))}, which no rule knows")
    for name, value in table.items():
        empty = _KNOWN[name] is str and value == "" and name != "with"
        wanted = {str: "text", list: "a list", SCALAR: "a single value"}[_KNOWN[name]]
        _insist(isinstance(value, _KNOWN[name]) and not empty, f"{where}: {name} must be {wanted}")
        if isinstance(value, list):
            kind = int if name == "group" else str
            _insist(
                value and all(type(one) is kind for one in value), f"{where}: {name} lists nothing usable"
            )


def _check_sides(table: dict[str, Any], where: str) -> None:
    sources = [name for name in ("canonical", "constant", "join") if name in table]
    if len(sources) != 1 and not (sources == ["canonical", "constant"] and "agency" not in table):
        raise MappingWrong(f"{where} must say one of canonical, constant or join")
    _insist("agency" in table or "constant" in table or "split" in table, f"{where} must say agency")
    _insist(not ("use" in table and "each" in table), f"{where} says both use and each")
    _insist(not ("agency" in table and "split" in table), f"{where} says both agency and split")
    _insist("split" not in table or sources == ["canonical"], f"{where}: a split has one canonical path")


def _check_values(rule: Rule, where: str) -> None:
    """Everything that can be known to be wrong before the contract is seen."""
    _insist(rule.type in _TYPES, f"{where}: there is no type {rule.type!r}; say {', '.join(sorted(_TYPES))}")
    try:
        agency_steps(rule.agency)
        for path in (rule.canonical, *rule.join):
            steps(path)
        for condition in (rule.when, rule.when_agency):
            if condition:
                split_condition(condition)
        transforms.check(rule.transform)
        dates.check(rule.date, rule.partial, rule.zone)
        _check_pattern(rule)
    except MappingWrong as error:
        raise MappingWrong(f"{where}: {error}") from error


def _check_pattern(rule: Rule) -> None:
    if not rule.pattern:
        return
    try:
        groups = re.compile(rule.pattern).groups
    except re.error as error:
        raise MappingWrong(f"the pattern {rule.pattern!r} cannot be read: {error}") from error
    wanted = rule.part.count if rule.part else len(rule.join)
    _insist(wanted > 0, "a pattern belongs to a join or a split")
    _insist(groups == wanted, f"the pattern has {groups} groups for {wanted} places")


NEAR = "; if it is commented out, take away the # before its lines"


def check_references(book: RuleBook, rules: Rules, where: str) -> Rules:
    """Return ``rules`` once every shape and code list they name exists; raises MappingWrong."""
    for rule in rules:
        place = rule.origin or where
        shape = rule.use or (rule.each if rule.each != "value" else "")
        codes = rule.codes
        _insist(not shape or shape in book.shapes, f"{place}: there is no shape {shape!r}{NEAR}")
        _insist(not codes or codes in book.codes, f"{place}: there is no code list {codes!r}{NEAR}")
    return rules


def _code_list(name: str, table: Any) -> CodeList:
    origin = table.get(ORIGIN, "") if isinstance(table, dict) else ""
    place = f"{origin}: codes.{name}" if origin else f"codes.{name}"
    _insist(isinstance(table, dict), f"{place} must be a table")
    bad = [key for key, value in table.items() if not isinstance(value, SCALAR)]
    _insist(not bad, f"{place}: {', '.join(bad)} must be single values")
    if "default" not in table:
        raise MappingWrong(
            f'{place} must state its default: a code for any other word, or default = "refuse"'
        )
    own = {"default", "default_canonical", ORIGIN}
    words = {key: as_text(value) for key, value in table.items() if key not in own}
    back: dict[str, str] = {}
    for word, code in words.items():
        back.setdefault(code, word)
    stated = [table.get("default"), table.get("default_canonical", REFUSE)]
    default, default_canonical = (None if one == REFUSE else as_text(one) for one in stated)
    return CodeList(name, words, back, default, default_canonical, origin)


def _insist(holds: Any, message: str) -> None:
    if not holds:
        raise MappingWrong(message)
