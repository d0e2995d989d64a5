"""Whether a text is in the value space of a simple type: what unions and samples are decided by."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from adapters.xsd.builtin import FLOATS, INTEGERS
from adapters.xsd.components import Facets, SimpleType
from adapters.xsd.patterns import can_hold, to_python
from adapters.xsd.whitespace import collapse, normalize

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATE = r"-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?"
_FORMS = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "float": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN",
    "duration": r"-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?",
    "date": _DATE + _ZONE,
    "time": f"({_TIME}){_ZONE}",
    "dateTime": f"{_DATE}T({_TIME}){_ZONE}",
    "gYear": rf"-?[0-9]{{4,}}{_ZONE}",
    "gYearMonth": rf"-?[0-9]{{4,}}-(0[1-9]|1[0-2]){_ZONE}",
    "gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}",
    "gMonthDay": rf"--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]){_ZONE}",
    "gDay": rf"---(0[1-9]|[12][0-9]|3[01]){_ZONE}",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": r"([A-Za-z0-9+/] ?)*(= ?){0,2}",
    "QName": r"([\w.\-]+:)?[\w.\-]+",
    "integer": "[+-]?[0-9]+",
}
_REGEX = {name: re.compile(rf"(?:{form})\Z") for name, form in _FORMS.items()}
NUMERIC = INTEGERS | FLOATS | {"decimal"}


def fits(type_: SimpleType, raw: str) -> bool:
    """Whether ``raw`` is a valid lexical form of the type, all its facets kept."""
    text = {"preserve": raw, "replace": normalize(raw)}.get(type_.whitespace) or collapse(raw)
    if type_.whitespace == "preserve":
        text = raw
    if type_.members:
        return any(fits(one, text) for one in type_.members) and _matches(type_.facets, text)
    if type_.item is not None:
        parts = text.split()
        return (
            all(fits(type_.item, part) for part in parts)
            and _long_enough(type_.facets, len(parts))
            and _matches(type_.facets, text)
        )
    return _is_form(type_.builtin, text) and _matches(type_.facets, text) and _in_bounds(type_, text)


def cannot_hold(type_: SimpleType, char: str) -> bool:
    """Whether the enumeration or a pattern of the type leaves no room for a character."""
    facets = type_.facets
    if facets.enumeration:
        return not any(char in one for one in facets.enumeration)
    return any(not any(can_hold(pattern, char) for pattern in step) for step in facets.patterns)


def _is_form(builtin: str, text: str) -> bool:
    kind = "integer" if builtin in INTEGERS else "float" if builtin in FLOATS else builtin
    regex = _REGEX.get(kind)
    return regex is None or regex.match(text) is not None


def _matches(facets: Facets, text: str) -> bool:
    if facets.enumeration and text not in facets.enumeration:
        return False
    return all(any(_compiled(one).match(text) for one in step) for step in facets.patterns)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{to_python(pattern)})\Z")


def _long_enough(facets: Facets, size: int) -> bool:
    return (
        (facets.length is None or size == facets.length)
        and (facets.min_length is None or size >= facets.min_length)
        and (facets.max_length is None or size <= facets.max_length)
    )


def _in_bounds(type_: SimpleType, text: str) -> bool:
    facets = type_.facets
    if type_.builtin in NUMERIC:
        return _number_fits(facets, text)
    if type_.builtin == "hexBinary":
        return _long_enough(facets, len(text) // 2)
    if type_.builtin == "base64Binary":
        bare = text.replace(" ", "")
        return _long_enough(facets, len(bare) * 3 // 4 - bare.count("="))
    return _long_enough(facets, len(text))


def _number_fits(facets: Facets, text: str) -> bool:
    try:
        value = Decimal(text.replace("INF", "Infinity"))
    except InvalidOperation:
        return False
    if value.is_nan():
        return not (facets.min_inclusive or facets.max_inclusive)
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, int):
        fraction = max(0, -exponent)
        if facets.fraction_digits is not None and value != round(value, facets.fraction_digits):
            return False
        whole = max(len(digits) + exponent, 1) if value else 1
        if facets.total_digits is not None and whole + fraction > facets.total_digits + (abs(value) < 1):
            return False
    return (
        (facets.min_inclusive is None or value >= Decimal(facets.min_inclusive))
        and (facets.max_inclusive is None or value <= Decimal(facets.max_inclusive))
        and (facets.min_exclusive is None or value > Decimal(facets.min_exclusive))
        and (facets.max_exclusive is None or value < Decimal(facets.max_exclusive))
    )
