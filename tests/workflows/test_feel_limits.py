"""What a hostile expression gets: a refusal or a spent budget, at once, and never a long wait."""

import random
import time
from contextlib import suppress
from typing import Any

import pytest

from workflows.expressions import (
    BudgetSpent,
    ExpressionError,
    compile_expression,
    compile_feel,
    compile_tests,
    environment,
)
from workflows.expressions.lexer import LONGEST_MODEL

DOUBLING = "{n0: [1, 1], " + ", ".join(f"n{at}: [n{at - 1}, n{at - 1}]" for at in range(1, 40)) + "}"
SOON = 3.0  # seconds on a busy machine; each of these takes well below one


@pytest.mark.parametrize(
    "source",
    [
        "for i in 1..1000000000 return i",
        "for i in 1..1000, j in 1..1000 return i",
        "some i in 1..100000 satisfies false",
        "string(for i in 1..60 return [partial, partial])",
        "9 ** 9 ** 9 ** 9",
        'for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1]',
        'string join(for i in 1..9000 return "0123456789abcdef", "")',
        "{f: function(n) f(n), r: f(1)}",
        "{f: function(n) f(n) + f(n), r: f(1)}",
        "{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(40)}",
        "string(" + DOUBLING + ")",
        DOUBLING + " = " + DOUBLING,
        "flatten(" + DOUBLING + ".n20)",
        DOUBLING,
        'matches(string join(for i in 1..3000 return "a", ""), "(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*b")',
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a+)+(a+)+\\\\2\\\\1\\\\2c")',
        'replace(string join(for i in 1..900 return "aaaaaaaaaa", ""), "a", "01234567890123456789")',
    ],
)
def test_it_is_stopped_soon(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(BudgetSpent):
        compile_expression(source)({})
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX", "^(a+)+$")', False),
        ('matches("x", "((a{1000}){1000}){1000}")', None),
        ('matches("x", "(?:(?:(?:){1000}){1000}){1000}")', None),
        ("10 ** 100000", None),
        ("10 ** -100000 + 1", 1),
        ("decimal(1, 999999999)", None),
        ("exp(1e9)", None),
        ('date("999999999-12-31") + duration("P99999999Y")', None),
        ('duration("P999999999999999Y")', None),
        ("factorial.__class__", None),
        ("[1][9999999999999999999999]", None),
        ('number("1e999999999")', None),
        ('string length("\\\\uD83D\\\\uDE00")', 12),
    ],
)
def test_it_gives_an_answer_soon(source: str, value: object) -> None:
    began = time.monotonic()
    assert compile_expression(source)({}) == value
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    "source",
    [
        "(" * 300 + "1" + ")" * 300,
        "1 in (" * 300 + "1" + ")" * 300,
        "[" * 900,
        "{a:" * 400,
        "-" * 900 + "1",
        "not(" * 300 + "true" + ")" * 300,
        "if " * 300,
        "1" + "+1" * 900,
        "a" + ".a" * 900,
        "a" + "[1]" * 600,
        "x instance of " + "list<" * 300,
        "function() " * 150 + "1",
        "1" * 6200 + "0" * 10,
        "\x00",
        '"\ud800',
    ],
)
def test_depth_and_length_are_bounded(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(ExpressionError):
        compile_expression(source)
    assert time.monotonic() - began < SOON


def test_a_number_is_read_in_time_however_long_it_is() -> None:
    began = time.monotonic()
    assert compile_expression("string(n + 1)")({"n": 10**5000}).startswith("1.000")
    with pytest.raises(ExpressionError, match="too large"):
        compile_feel("1" * (LONGEST_MODEL - 1), longest=LONGEST_MODEL)
    assert time.monotonic() - began < SOON


PARTS = [
    "1",
    "a",
    '"x"',
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "..",
    "+",
    "-",
    "*",
    "/",
    "**",
    "<",
    "=",
    "and",
    "in",
    "if",
    "then",
    "else",
    "for",
    "return",
    "some",
    "satisfies",
    "function",
    "not",
    "instance of",
    "number",
    ".",
    "?",
    "null",
    "count",
    "matches",
    "date",
    '@"P1D"',
    "between",
    "external",
    "<=",
    "->",
]


def test_any_row_of_words_is_read_or_refused_and_runs_or_stops() -> None:
    chance = random.Random(7)
    read, places = 0, []
    for _ in range(4000):
        source = " ".join(chance.choices(PARTS, k=chance.randint(1, 14)))
        for compiler in (compile_feel, compile_tests):
            try:
                found: Any = compiler(source)
            except ExpressionError as error:
                places.append(0 <= error.position <= len(source))
                continue
            read += 1
            with suppress(BudgetSpent):
                found(environment({"a": [1, "x", None], "?": 3}))
    assert read > 100
    assert all(places)
