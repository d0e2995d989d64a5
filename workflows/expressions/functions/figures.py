"""Numeric functions (table 76)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from workflows.expressions import numbers
from workflows.expressions.functions.registry import builtin
from workflows.expressions.moments import DaysDuration, MonthsDuration
from workflows.expressions.numbers import CONTEXT, FAULTS, Number

_WIDE = Context(prec=80, Emin=-6300, Emax=6300)


def rounded(value: Number, scale: int, rounding: str) -> Number | None:
    """A number with at most so many digits behind the point."""
    if not -6111 <= scale <= 6176:
        return None
    if isinstance(value, int) and scale >= 0:
        return value
    found = Decimal(value)
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return value
    if found.adjusted() < -scale - 40:
        found = Decimal(0) if found == 0 else Decimal((found.is_signed(), (1,), -scale - 2))
    try:
        cut = found.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=_WIDE)
    except FAULTS:
        return None
    return numbers.number(CONTEXT.plus(cut)) if cut else 0


@builtin("decimal", "n:number, scale:whole")
def decimal(value: Number, scale: int) -> Number | None:
    """Rounded half to even."""
    return rounded(value, scale, ROUND_HALF_EVEN)


@builtin("floor", "n:number, scale?:whole")
def floor(value: Number, scale: int | None = None) -> Number | None:
    """The greatest that is not greater."""
    return rounded(value, scale or 0, ROUND_FLOOR)


@builtin("ceiling", "n:number, scale?:whole")
def ceiling(value: Number, scale: int | None = None) -> Number | None:
    """The least that is not less."""
    return rounded(value, scale or 0, ROUND_CEILING)


@builtin("round up", "n:number, scale:whole")
def round_up(value: Number, scale: int) -> Number | None:
    """Away from zero."""
    return rounded(value, scale, ROUND_UP)


@builtin("round down", "n:number, scale:whole")
def round_down(value: Number, scale: int) -> Number | None:
    """Towards zero."""
    return rounded(value, scale, ROUND_DOWN)


@builtin("round half up", "n:number, scale:whole")
def round_half_up(value: Number, scale: int) -> Number | None:
    """To the nearest, halves away from zero."""
    return rounded(value, scale, ROUND_HALF_UP)


@builtin("round half down", "n:number, scale:whole")
def round_half_down(value: Number, scale: int) -> Number | None:
    """To the nearest, halves towards zero."""
    return rounded(value, scale, ROUND_HALF_DOWN)


@builtin("abs", "n:any")
def absolute(value: Any) -> Any:
    """Without its sign; of durations too."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    match value:
        case DaysDuration():
            return DaysDuration(abs(value.nanos))
        case MonthsDuration():
            return MonthsDuration(abs(value.months))
    found = numbers.number(value)
    return abs(found) if isinstance(found, int) else None if found is None else CONTEXT.abs(found)


@builtin("modulo", "dividend:number, divisor:number")
def modulo(dividend: Number, divisor: Number) -> Number | None:
    """What is left of the dividend, with the divisor's sign."""
    if divisor == 0:
        return None
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend % divisor
    quotient = numbers.divide(dividend, divisor)
    cut = None if quotient is None else rounded(quotient, 0, ROUND_FLOOR)
    part = None if cut is None else numbers.multiply(divisor, cut)
    return None if part is None else numbers.subtract(dividend, part)


def _root(operation: Any, value: Number) -> Number | None:
    try:
        return numbers.number(operation(Decimal(value)))
    except FAULTS:
        return None


@builtin("sqrt", "number:number")
def square_root(value: Number) -> Number | None:
    """The square root; null of what is below zero."""
    return _root(CONTEXT.sqrt, value) if value >= 0 else None


@builtin("log", "number:number")
def logarithm(value: Number) -> Number | None:
    """The natural logarithm; null of what is not above zero."""
    return _root(CONTEXT.ln, value) if value > 0 else None


@builtin("exp", "number:number")
def exponential(value: Number) -> Number | None:
    """Euler's number to this power."""
    return _root(CONTEXT.exp, value)


@builtin("odd", "number:number")
def odd(value: Number) -> bool:
    """Whether two does not divide it."""
    found = numbers.whole(value)
    return found is not None and found % 2 == 1


@builtin("even", "number:number")
def even(value: Number) -> bool:
    """Whether two divides it."""
    found = numbers.whole(value)
    return found is not None and found % 2 == 0
