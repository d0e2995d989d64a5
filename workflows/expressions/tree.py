"""The tree of an expression. Frozen, so that tables and their analysis can look at what they were given."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it stands."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the scope."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """``source.name``."""

    source: "Tree"
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """``source[condition]``."""

    source: "Tree"
    condition: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``; ``names`` are those of named arguments, or empty."""

    function: "Tree"
    arguments: "tuple[Tree, ...]"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Infix:
    """Two sides of ``+ - * / ** = != < <= > >= and or``."""

    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Negation:
    """``-value``."""

    value: "Tree"


@dataclass(frozen=True, slots=True)
class Between:
    """``value between low and high``."""

    value: "Tree"
    low: "Tree"
    high: "Tree"


@dataclass(frozen=True, slots=True)
class In:
    """``value in (tests)``."""

    value: "Tree"
    tests: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """``value instance of type``."""

    value: "Tree"
    type: Any


@dataclass(frozen=True, slots=True)
class If:
    """``if condition then yes else no``."""

    condition: "Tree"
    yes: "Tree"
    no: "Tree"


@dataclass(frozen=True, slots=True)
class Loop:
    """``for``, ``some`` and ``every``: (name, list or first of a range, last of the range or None)."""

    kind: str
    over: "tuple[tuple[str, Tree, Tree | None], ...]"
    body: "Tree"


@dataclass(frozen=True, slots=True)
class Items:
    """``[a, b]``."""

    items: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Entries:
    """``{name: value}``."""

    entries: "tuple[tuple[str, Tree], ...]"


@dataclass(frozen=True, slots=True)
class Interval:
    """``[low..high)``."""

    low: "Tree"
    high: "Tree"
    low_in: bool
    high_in: bool


@dataclass(frozen=True, slots=True)
class Test:
    """``< endpoint``."""

    sign: str
    endpoint: "Tree"


@dataclass(frozen=True, slots=True)
class Definition:
    """``function(a: type, b) body``."""

    parameters: "tuple[tuple[str, Any], ...]"
    body: "Tree | None"  # None for what is external
    gives: Any = None


@dataclass(frozen=True, slots=True)
class Tests:
    """Unary tests of a cell: any of them, or none of them where ``negated``; without any, ``-``."""

    tests: "tuple[Tree, ...]"
    negated: bool = False


Tree = (
    Literal
    | Name
    | Path
    | Filter
    | Call
    | Infix
    | Negation
    | Between
    | In
    | InstanceOf
    | If
    | Loop
    | Items
    | Entries
    | Interval
    | Test
    | Definition
    | Tests
)


def mentions(tree: Any, name: str) -> bool:
    """Whether a tree uses a name anywhere."""
    if isinstance(tree, Name):
        return tree.name == name
    if isinstance(tree, tuple):
        return any(mentions(part, name) for part in tree)
    slots = getattr(tree, "__slots__", ())
    return (
        any(mentions(getattr(tree, slot), name) for slot in slots) if not isinstance(tree, Literal) else False
    )
