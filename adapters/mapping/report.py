"""What a mapping leaves open: required fields of the agency that no rule fills."""

from collections.abc import Callable, Iterable, Iterator

from adapters.mapping.paths import plain
from adapters.mapping.rules import RuleBook, Rules


def _untyped(path: str) -> str:
    return plain(path, "/")


def filled(
    book: RuleBook, rules: Rules, prefix: str = "", *, form: Callable[[str], str] = _untyped
) -> Iterator[str]:
    """Every place of the agency's message that some rule fills; ``form`` says how paths are written."""
    for rule in rules:
        if not rule.agency:
            continue
        place = form(rule.agency)
        shape = book.shapes.get(rule.use or rule.each)
        if shape is None:
            yield f"{prefix}{place}"
        else:
            yield from filled(book, shape, f"{prefix}{place}/", form=form)


def unmapped(book: RuleBook, rules: Rules, required: Iterable[str]) -> list[str]:
    """The required places, as :func:`adapters.contracts.outline.required_paths` lists them, left empty."""
    known = set(filled(book, rules))
    return [path for path in required if path not in known]
