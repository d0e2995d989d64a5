"""String functions (table 74)."""

from typing import Any

from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import Env, budget_of, fitting_list, fitting_text
from workflows.expressions.patterns import PatternError, compile_pattern


@builtin("substring", "string:text, start position:whole, length?:number")
def substring(text: str, start: int, length: Any = None) -> str | None:
    """From a position that counts from 1, or from the end where negative."""
    if start == 0 or abs(start) > len(text):
        return None
    begin = start - 1 if start > 0 else len(text) + start
    if length is None:
        return text[begin:]
    return text[begin : begin + int(length)] if length >= 1 else None


@builtin("string length", "string:text")
def string_length(text: str) -> int:
    """The number of characters."""
    return len(text)


@builtin("upper case", "string:text")
def upper_case(text: str) -> str:
    """In capital letters."""
    return fitting_text(text.upper())


@builtin("lower case", "string:text")
def lower_case(text: str) -> str:
    """In small letters."""
    return fitting_text(text.lower())


@builtin("substring before", "string:text, match:text")
def substring_before(text: str, match: str) -> str:
    """What stands before the first occurrence; "" where there is none."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string:text, match:text")
def substring_after(text: str, match: str) -> str:
    """What stands after the first occurrence; "" where there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains", "string:text, match:text")
def contains(text: str, match: str) -> bool:
    """Whether the one holds the other."""
    return match in text


@builtin("starts with", "string:text, match:text")
def starts_with(text: str, match: str) -> bool:
    """Whether it begins so."""
    return text.startswith(match)


@builtin("ends with", "string:text, match:text")
def ends_with(text: str, match: str) -> bool:
    """Whether it ends so."""
    return text.endswith(match)


@builtin("matches", "input:text, pattern:text, flags?:text", env=True)
def matches(env: Env, text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern occurs in the text (XPath ``fn:matches``)."""
    try:
        return compile_pattern(pattern, flags or "").search(text, 0, budget_of(env)) is not None
    except PatternError:
        return None


@builtin("replace", "input:text, pattern:text, replacement:text, flags?:text", env=True)
def replace(env: Env, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """Each occurrence replaced; ``$1`` is what the first group matched (XPath ``fn:replace``)."""
    budget = budget_of(env)
    try:
        compiled = compile_pattern(pattern, flags or "")
        parts = compiled.replacement(replacement)
        if compiled.search("", 0, budget) is not None:
            return None  # XPath refuses patterns that match nothing at all
        made, at, size = [], 0, 0
        for groups in compiled.each(text, budget):
            made.append(text[at : groups[0][0]])
            for part in parts:
                span = groups[part] if isinstance(part, int) else None
                made.append(
                    part
                    if isinstance(part, str)
                    else text[span[0] : span[1]]
                    if span and span[0] >= 0
                    else ""
                )
            at = groups[0][1]
            size += sum(map(len, made[-1 - len(parts) :]))
            budget.spend(1 + size // 50_000)
            if size > 1_000_000:
                fitting_text(" " * size)
    except PatternError:
        return None
    return fitting_text("".join([*made, text[at:]]))


@builtin("split", "string:text, delimiter:text", env=True)
def split(env: Env, text: str, delimiter: str) -> list[str] | None:
    """The parts between the occurrences of a pattern."""
    budget = budget_of(env)
    try:
        compiled = compile_pattern(delimiter, "")
        if compiled.search("", 0, budget) is not None:
            return None
        parts, at = [], 0
        for groups in compiled.each(text, budget):
            parts.append(text[at : groups[0][0]])
            at = groups[0][1]
    except PatternError:
        return None
    return fitting_list([*parts, text[at:]])


@builtin("string join", "list:list, delimiter?:text")
def string_join(items: list[Any], delimiter: str | None = None) -> str | None:
    """The texts joined, without the nulls among them."""
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    parting = delimiter or ""
    size = sum(map(len, texts)) + len(parting) * len(texts)
    return (parting).join(texts) if size <= 100_000 else fitting_text(" " * size)
