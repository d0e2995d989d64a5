"""Single values: XML text to JSON scalars and back, without loss (XSD 1.0 part 2).

Strings, dates, times, durations and binary stay text: a date keeps its zone, or that it had none; a decimal
keeps its digits. Whole numbers are JSON numbers of any size; floats are JSON numbers, or ``INF``, ``-INF``,
``NaN``; booleans are true and false; QNames are Clark names; lists are lists. A number or boolean with a
pattern or an enumeration is a code and stays text too: zeros in front count.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_text import XML_URI
from adapters.xsd.builtin import FLOATS, INTEGERS, QNAMES
from adapters.xsd.components import SimpleType
from adapters.xsd.fitting import cannot_hold, fits
from adapters.xsd.whitespace import collapse, normalize

Scope = Mapping[str | None, str]
Read = Callable[[str], Any]
Write = Callable[[Any], str]
_TYPED = frozenset({"boolean", *INTEGERS, *FLOATS})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[ \t\n\r]*[+-]?[0-9]+[ \t\n\r]*\Z").match
_SPACE = re.compile(r"[ \t\n\r]+")
# No blank can stand inside of these, so that stripping is all that collapsing does; it costs no frame.
_UNBROKEN = frozenset(
    {
        *("date", "dateTime", "time", "duration", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"),
        *("decimal", "hexBinary", "language", "Name", "NCName", "ID", "IDREF", "ENTITY", "NMTOKEN"),
    }
)
_SPECIAL = {math.inf: "INF", -math.inf: "-INF"}


def needs_scope(type_: SimpleType) -> bool:
    """Whether a value cannot be read without the prefixes in scope."""
    parts = [*type_.members, *([type_.item] if type_.item else [])]
    return (not parts and type_.builtin in QNAMES) or any(needs_scope(one) for one in parts)


def reader(type_: SimpleType) -> Read | None:
    """The function from text to a JSON value, None where the text is the value; it raises Unfit."""
    if type_.item is not None:
        return _list_reader(type_.item)
    if type_.members:
        return _union_reader(type_)
    if _is_code(type_):
        return collapse
    if type_.builtin == "boolean":
        return _boolean
    if type_.builtin in INTEGERS:
        return int if type_.whitespace == "collapse" else _integer
    if type_.builtin in FLOATS:
        return _float
    if type_.builtin == "base64Binary":
        return lambda text: _SPACE.sub("", text)
    if type_.builtin in _UNBROKEN or (type_.whitespace == "collapse" and cannot_hold(type_, " ")):
        return str.strip
    return {"preserve": None, "replace": normalize}.get(type_.whitespace, collapse)


def _list_reader(item: SimpleType) -> Read:
    one = reader(item)
    if one is None:
        return lambda text: collapse(text).split(" ") if text.strip() else []
    return lambda text: [one(part) for part in collapse(text).split(" ")] if text.strip() else []


def _union_reader(type_: SimpleType) -> Read | None:
    readers = [(one, reader(one)) for one in type_.members]
    if all(is_text(one) for one, _ in readers):
        return None if type_.whitespace == "preserve" else collapse

    def read(text: str) -> Any:
        for member, one in readers:
            if fits(member, text):
                return one(text) if one else text
        raise Unfit("", f"{text!r} is none of the union's types")

    return read


def is_text(type_: SimpleType) -> bool:
    """Whether the JSON value is the text itself."""
    if type_.members:
        return all(is_text(one) for one in type_.members)
    return type_.item is None and (type_.builtin not in _TYPED or _is_code(type_))


def _is_code(type_: SimpleType) -> bool:
    """A number or boolean whose way of writing counts: ``03``, not 3."""
    return type_.builtin in _TYPED and bool(type_.facets.patterns or type_.facets.enumeration)


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip()]
    except KeyError:
        raise Unfit("", f"{text!r} is not true or false") from None


def _integer(text: str) -> int:
    if _INTEGER(text) is None:
        raise Unfit("", f"{text!r} is not a whole number")
    return int(text)


def _float(text: str) -> float | str:
    bare = text.strip()
    if bare in {"INF", "-INF", "NaN"}:
        return bare
    try:
        return float(bare)
    except ValueError:
        raise Unfit("", f"{text!r} is not a number") from None


def name_reader(type_: SimpleType) -> Callable[[str, Scope], Any]:
    """As :func:`reader`, for types that hold QNames: they are read with the prefixes in scope."""
    if type_.item is not None:
        one = name_reader(type_.item)
        return lambda text, scope: [one(part, scope) for part in text.split()]
    if type_.members:
        plain = reader(type_)

        def read(text: str, scope: Scope) -> Any:
            prefix = text.strip().rpartition(":")[0]
            if (prefix or None) in scope and any(needs_scope(one) for one in type_.members):
                return _clark(text, scope)
            return plain(text) if plain else text

        return read
    return _clark if type_.builtin in QNAMES else lambda text, scope: _plain(type_, text)


def _plain(type_: SimpleType, text: str) -> Any:
    read = reader(type_)
    return read(text) if read else text


def _clark(text: str, scope: Scope) -> str:
    prefix, _, local = text.strip().rpartition(":")
    uri = XML_URI if prefix == "xml" else scope.get(prefix or None)
    if prefix and uri is None:
        raise Unfit("", f"the prefix of {text.strip()!r} is not bound")
    return f"{{{uri}}}{local}" if uri else local


def writer(type_: SimpleType, prefixed: Write) -> Write:
    """The function from a JSON value to text; ``prefixed`` writes a Clark name. It raises Unfit."""
    if type_.item is not None:
        return _list_writer(writer(type_.item, prefixed))
    if type_.members:
        return _union_writer([(one, writer(one, prefixed)) for one in type_.members])
    if _is_code(type_):
        return _from_text
    if type_.builtin == "boolean":
        return _from_boolean
    if type_.builtin in INTEGERS:
        return _from_integer
    if type_.builtin in FLOATS:
        return _from_float
    if type_.builtin in QNAMES:
        return lambda value: prefixed(_from_text(value))
    return _from_decimal if type_.builtin == "decimal" else _from_text


def _list_writer(one: Write) -> Write:
    def write(value: Any) -> str:
        if not isinstance(value, list | tuple):
            raise Unfit("", "is not a list")
        return " ".join([one(part) for part in value])

    return write


def _union_writer(writers: list[tuple[SimpleType, Write]]) -> Write:
    def write(value: Any) -> str:
        for member, one in writers:
            try:
                text = one(value)
            except Unfit:
                continue
            if fits(member, text):
                return text
        raise Unfit("", f"{value!r} is none of the union's types")

    return write


def _from_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise Unfit("", f"is {type(value).__name__}, not text")


def _from_decimal(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return format(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), "f")
    raise Unfit("", "is not a number")


def _from_boolean(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise Unfit("", "is not true or false")


def _from_integer(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unfit("", "is not a whole number")


def _from_float(value: Any) -> str:
    if isinstance(value, str) and value in {"INF", "-INF", "NaN"}:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "NaN" if value != value else _SPECIAL.get(value) or repr(value)
    raise Unfit("", "is not a number")
