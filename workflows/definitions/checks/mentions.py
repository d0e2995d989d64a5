"""What an expression reads: names of the scope, with the path that it takes into each."""

from collections.abc import Iterator
from typing import Any

from workflows.expressions import tree

Path = tuple[str, ...]


def mentioned(found: Any, bound: frozenset[str] = frozenset(), *, inside: bool = False) -> Iterator[Path]:
    """Yield each path that begins with a name of the scope, as ``("answers", "movers")``.

    Names that the expression binds itself are left out. Inside a filter a name may be a field of the item,
    so that there only paths are certain; single names are not yielded.
    """
    match found:
        case tree.Name() | tree.Path():
            yield from _path(found, bound, inside)
        case tree.Filter():
            yield from mentioned(found.source, bound, inside=inside)
            yield from mentioned(found.condition, bound | {"item"}, inside=True)
        case tree.Loop():
            names = bound
            for name, first, last in found.over:
                yield from mentioned(first, names, inside=inside)
                yield from mentioned(last, names, inside=inside)
                names |= {name}
            yield from mentioned(found.body, names | {"partial"}, inside=inside)
        case tree.Definition():
            names = bound | {name for name, _ in found.parameters}
            yield from mentioned(found.body, names, inside=inside)
        case tree.Entries():
            names = bound
            for name, value in found.entries:
                yield from mentioned(value, names, inside=inside)
                names |= {name}
        case tree.Literal() | tree.InstanceOf():
            yield from mentioned(getattr(found, "value", None), bound, inside=inside)
        case tuple():
            for part in found:
                yield from mentioned(part, bound, inside=inside)
        case _:
            for slot in getattr(found, "__slots__", ()):
                if isinstance(found, tree.Tree):
                    yield from mentioned(getattr(found, slot), bound, inside=inside)


def _path(found: Any, bound: frozenset[str], inside: bool) -> Iterator[Path]:
    names: list[str] = []
    while isinstance(found, tree.Path):
        names.append(found.name)
        found = found.source
    if not isinstance(found, tree.Name):
        yield from mentioned(found, bound, inside=inside)
        return
    if found.name not in bound and (names or not inside):
        yield (found.name, *reversed(names))
