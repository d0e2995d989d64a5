"""Numbers as DMN has them: IEEE 754-2008 decimal128, 34 digits, rounded half to even; whole ones are ints."""

import math
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

DIGITS = 34
LARGEST = 10**DIGITS  # ints from here on become Decimals
CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
Number = int | Decimal
FAULTS = (InvalidOperation, DivisionByZero, Overflow)


def number(value: Any) -> Number | None:
    """A value as a number: floats of JSON by their shortest writing; None for what is no number."""
    kind = type(value)
    if kind is int:
        return value if -LARGEST < value < LARGEST else fit(value)
    if kind is Decimal:
        return value if value.is_finite() else None
    if kind is float and math.isfinite(value):
        return CONTEXT.create_decimal(repr(value))
    return None


def fit(whole: int) -> Number | None:
    """An int with at most 34 digits as itself, a larger one rounded; None past the largest exponent."""
    if -LARGEST < whole < LARGEST:
        return whole
    try:
        return CONTEXT.create_decimal(whole) if whole.bit_length() < 25_000 else None
    except FAULTS:
        return None


def parse_number(text: str) -> Number | None:
    """A number as written, such as ``12``, ``.5`` or ``1.2e3``; None for what is none."""
    if text.isdigit() and len(text) <= DIGITS:
        return int(text)
    try:
        return number(CONTEXT.create_decimal(text))
    except FAULTS:
        return None


def whole(value: Any) -> int | None:
    """A number without a fraction as an int, if it has at most 34 digits."""
    found = number(value)
    if isinstance(found, Decimal):
        if found.adjusted() >= DIGITS or found != found.to_integral_value():
            return None
        return int(found)
    return found


def add(left: Number, right: Number) -> Number | None:
    """The sum, or None past the largest exponent."""
    if type(left) is int and type(right) is int:
        return fit(left + right)
    return _by(CONTEXT.add, left, right)


def subtract(left: Number, right: Number) -> Number | None:
    """The difference."""
    if type(left) is int and type(right) is int:
        return fit(left - right)
    return _by(CONTEXT.subtract, left, right)


def multiply(left: Number, right: Number) -> Number | None:
    """The product."""
    if type(left) is int and type(right) is int:
        return fit(left * right)
    return _by(CONTEXT.multiply, left, right)


def divide(left: Number, right: Number) -> Number | None:
    """The quotient; None by zero."""
    if type(left) is int and type(right) is int and right and left % right == 0:
        return left // right
    return _by(CONTEXT.divide, left, right)


def power(base: Number, exponent: Number) -> Number | None:
    """The power; None where there is no real one."""
    if exponent == 0:
        return 1
    return _by(CONTEXT.power, base, exponent)


def _by(operation: Any, left: Number, right: Number) -> Number | None:
    try:
        found: Decimal = operation(left, right)
    except FAULTS:
        return None
    return found if found.is_finite() else None


def written(value: Number) -> str:
    """The plain decimal writing of a number: no exponent unless it would be absurdly long."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    return format(value, "f") if -40 < value.adjusted() < 40 else str(value)
