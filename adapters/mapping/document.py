"""A ``mapping.toml`` read from disk: the lines of its rules noted, the file it extends laid under it.

``extends = "../base/mapping.toml"`` names another connection's mapping in the same folder of connections. A
vendor's profile then says only what differs: tables are merged; a rule takes the place of the base's rule for
the same place of the agency's (``{ agency = "X", remove = true }`` takes it away); code lists are merged word
by word; outcomes and single values are replaced.
"""

import tomllib
from pathlib import Path
from typing import Any

from adapters.mapping.lines import locate
from adapters.mapping.rules import ORIGIN
from adapters.mapping.wrong import MappingWrong

Table = dict[str, Any]
MAX_DEPTH = 5
_RULE_LISTS = {"request", "reply", "header"}
_LISTS = _RULE_LISTS | {"outcome"}


def read(path: Path) -> Table:
    """The whole mapping, with ``@origin`` in every rule, code list and operation.

    Raises MappingWrong, OSError.
    """
    return _read(path, path.resolve().parent.parent, 0)


def files(path: Path) -> list[Path]:
    """The mapping and those it extends; raises MappingWrong."""
    found = [path]
    while len(found) <= MAX_DEPTH:
        base = _parsed(found[-1]).get("extends")
        if base is None:
            return found
        found.append(_base(found[-1], base, path.resolve().parent.parent))
    raise MappingWrong(f"{path.name}: extends goes round in a circle, or is deeper than {MAX_DEPTH}")


def _read(path: Path, root: Path, depth: int) -> Table:
    if depth > MAX_DEPTH:
        raise MappingWrong(f"{path.name}: extends goes round in a circle, or is deeper than {MAX_DEPTH}")
    own = _with_origins(path, _parsed(path), depth)
    if "extends" not in own:
        return own
    base = _base(path, own.pop("extends"), root)
    merged: Table = _merged(_read(base, root, depth + 1), own, ())
    return merged


def _base(path: Path, named: Any, root: Path) -> Path:
    if not isinstance(named, str):
        raise MappingWrong(f"{path.name}: extends must name a file")
    base = (path.parent / named).resolve()
    if not base.is_relative_to(root):
        raise MappingWrong(f"{path.name}: extends leads out of the folder of connections: {named}")
    if not base.is_file():
        raise MappingWrong(f"{path.name}: extends names {named}, which is not there")
    return base


def _parsed(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MappingWrong(f"{path.name} is missing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingWrong(f"{path.name} cannot be read: {error}") from error


def _with_origins(path: Path, document: Table, depth: int) -> Table:
    """Put the place into every table of a list, every code list and every operation."""
    name = path.name if depth == 0 else f"{path.parent.name}/{path.name}"
    for place, line in locate(path.read_text(encoding="utf-8")).items():
        node: Any = document
        for part in place:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                node = None
                break
        in_list = isinstance(place[-1], int) and (place[0] == "shapes" or place[-2] in _LISTS)
        if isinstance(node, dict) and (in_list or _is_named(place)):
            node[ORIGIN] = f"{name}, line {line}"
    return document


def _is_named(place: tuple[str | int, ...]) -> bool:
    """Code lists, operations, and the questions and acknowledgements within these."""
    if place[0] == "codes":
        return len(place) == 2
    within = place[2:3]
    return place[0] == "operations" and (
        len(place) == 2 or (place[2:] == ("check",)) or (within == ("acknowledged",) and len(place) == 4)
    )


def _merged(base: Any, own: Any, path: tuple[str, ...]) -> Any:
    if isinstance(base, dict) and isinstance(own, dict):
        out = dict(base)
        for key, value in own.items():
            out[key] = _merged(base[key], value, (*path, key)) if key in base else value
        return out
    is_rules = bool(path) and (path[-1] in _RULE_LISTS or path[0] == "shapes")
    if is_rules and isinstance(base, list) and isinstance(own, list):
        return _merged_rules(base, own)
    return own


def _merged_rules(base: list[Table], own: list[Table]) -> list[Table]:
    """The base's rules with those of the profile in their places; new ones come last."""
    out = list(base)
    for rule in own:
        places = [at for at, known in enumerate(out) if _place(known) == _place(rule)]
        gone = rule.get("remove") is True
        if not places and gone:
            raise MappingWrong(f"{rule.get(ORIGIN, '')}: there is no rule for {_place(rule)} to remove")
        if places:
            out[places[0]] = rule
            out = [
                known for at, known in enumerate(out) if at not in places[1:] and not (gone and known is rule)
            ]
        else:
            out.append(rule)
    return out


def _place(rule: Table) -> tuple[Any, ...]:
    """What makes two rules the same: the agency's place, or where there is none the canonical one."""
    if "agency" in rule:
        return ("agency", rule["agency"])
    return ("split", *rule["split"]) if "split" in rule else ("canonical", rule.get("canonical"))
