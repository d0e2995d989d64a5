"""FEEL by its specification: each row an expression and its value, written here as JSON or as FEEL's text."""

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.expressions import (
    CLOCK,
    ExpressionError,
    NoClock,
    compile_expression,
    compile_feel,
    compile_tests,
    environment,
    native,
    plain,
)

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def value(source: str, names: dict[str, Any] | None = None) -> Any:
    found = compile_feel(source, names or ())(environment(native(names or {}), now=NOW))
    return plain(found)


ROWS = {
    "numbers": [
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3 * 3 = 1", False),
        ("string(1 / 3)", "0.3333333333333333333333333333333333"),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("10 / 0", None),
        ("9999999999999999999999999999999999 + 1", 1e34),
        ("1e6100 * 1e6100", None),
        ("decimal(2.5, 0)", 2),
        ("decimal(1.115, 2)", 1.12),
        (
            "[round up(-5.5, 0), round down(5.9, 0), round half up(2.5, 0), round half down(2.5, 0)]",
            [-6, 5, 3, 2],
        ),
        ("[floor(-1.56, 1), ceiling(-1.56, 1), floor(-1.5)]", [-1.6, -1.5, -2]),
        ("[modulo(-12, 5), modulo(12, -5), modulo(10.1, 4.5)]", [3, -3, 1.1]),
        ("[abs(-7), sqrt(16), odd(5), even(5)]", [7, 4, True, False]),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("1.000,5", ".", ",")', 1000.5),
        ('number("1a")', None),
        (
            "[median(8, 2, 5, 3, 4), mean([1, 2, 3]), stddev(2, 4, 7, 5) > 2.08, mode(6, 3, 9, 6, 6)]",
            [4, 2, True, [6]],
        ),
        ("product(2, 3, 4)", 24),
    ],
    "logic": [
        (
            "[true and null, false and null, true or null, false or null, not(null)]",
            [None, False, True, None, None],
        ),
        ("[all([true, null]), all([false, null]), any([true, null]), any([])]", [None, False, True, False]),
        ('[1 = null, null = null, 1 = "1", 1 < "1"]', [False, True, None, None]),
        ("if null then 1 else 2", 2),
        ("5 between 1 and 5", True),
        (
            "[5 in (1, > 4), 5 in [1..5), 5 in ]4..5], 5 in (5), 5 in [[1..2], [4..6]]]",
            [True, False, True, True, True],
        ),
        ("[1 instance of number, [1] instance of list<string>, null instance of Any]", [True, False, False]),
        ("{a: 1} instance of context<a: number>", True),
        ("(function(a: number) a) instance of function<number>->number", True),
    ],
    "texts": [
        ('[substring("foobar", 3), substring("foobar", -2, 1), substring("foobar", 0)]', ["obar", "a", None]),
        ('[substring before("foobar", "bar"), substring after("foobar", "ob")]', ["foo", "ar"]),
        (
            '[contains("ab", "b"), starts with("ab", "b"), ends with("ab", "b"), string length("\\U01F40E")]',
            [True, False, True, 1],
        ),
        ('split("John;Doe", ";")', ["John", "Doe"]),
        ('string join(["a", null, "c"], "_")', "a_c"),
        ('replace("aba", "(a)(b)?", "[$1|$2]")', "[a|b][a|]"),
        ('[matches("foobar", "^fo*bar$"), matches("foobar", "(?=x)")]', [True, None]),
        ('string({a: "x", b: [1, null]})', '{a: "x", b: [1, null]}'),
        ('"a\\tb"', "a\tb"),
    ],
    "lists": [
        ("[[1, 2, 3][-1], [1, 2, 3][item > 1], [1, 2, 3][4], 5[1]]", [3, [2, 3], None, 5]),
        ("[{x: 1, y: 2}, {x: 2, y: 3}][x = 2].y", [3]),
        (
            "[append([1], 2), concatenate([1], [2, 3]), insert before([1, 3], 2, 2), remove([1, 2], -1)]",
            [[1, 2], [1, 2, 3], [1, 2, 3], [1]],
        ),
        (
            "[sublist([1, 2, 3], 2), sublist([1, 2, 3], -2, 1), index of([1, 2, 1], 1), reverse([1, 2])]",
            [[2, 3], [2], [1, 3], [2, 1]],
        ),
        (
            "[union([1, 2], [2, 3]), distinct values([1, 2, 1.0]), flatten([[1], [[2]]])]",
            [[1, 2, 3], [1, 2], [1, 2]],
        ),
        ("[list replace([1, 2], 2, 9), list replace([1, 5], function(i, n) i > n, 3)]", [[1, 9], [1, 3]]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ('[count([]), sum([]), min([]), max(1, 3), min(["b", "a"])]', [0, None, None, 3, "a"]),
        ("for i in 1..3, j in [10, 20] return i * j", [10, 20, 20, 40, 30, 60]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for i in 3..1 return i", [3, 2, 1]),
        (
            "[some i in [1, 2] satisfies i > 1, every i in [1] satisfies i > 1, every i in [] satisfies 1]",
            [True, False, True],
        ),
        ("[list contains([1, null], null), 1 in [1, 2]]", [True, True]),
    ],
    "contexts": [
        ("{a: 1, b: a + 1}.b", 2),
        ('{"a b": 1, c d: 2}.c d', 2),
        (
            '[get value({a: 1}, "a"), get value({a: {b: 2}}, ["a", "b"]), get entries({a: 1})]',
            [1, 2, [{"key": "a", "value": 1}]],
        ),
        (
            '[context([{key: "a", value: 1}]), context put({a: 1}, "b", 2), context merge([{a: 1}, {a: 2}])]',
            [{"a": 1}, {"a": 1, "b": 2}, {"a": 2}],
        ),
        ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
        ("{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("{f: function(a, b) a - b, r: f(b: 1, a: 3)}.r", 2),
        ("{f: function(a: string) a, r: f(1)}.r", None),
    ],
    "moments": [
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('date("2023-02-29")', None),
        ('date("2026-03-01") - date("2025-03-01")', "P365D"),
        ('date and time("2026-03-01T10:00:00@Europe/Paris") - date and time("2026-03-01T08:00:00Z")', "PT1H"),
        ('date and time("2026-03-01T10:00:00") < date and time("2026-03-01T10:00:00Z")', None),
        ('time("23:59:00") + duration("PT2M")', "00:01:00"),
        ('string(duration("P3DT25H61M"))', "P4DT2H1M"),
        ('string(duration("PT0.S"))', "PT0S"),
        (
            '[duration("P1Y2M").months, duration("-P1DT2H").hours, @"10:20:30+01:00".time offset]',
            [2, -2, "PT1H"],
        ),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
        (
            '[duration("P1D") / 2, 2 * duration("P1M"), duration("P1Y") / duration("P1M")]',
            ["PT12H", "P2M", 12],
        ),
        ('[day of week(@"2019-09-17"), day of year(@"2019-09-17")]', ["Tuesday", 260]),
        ('[week of year(@"2005-01-01"), month of year(@"2019-09-17")]', [53, "September"]),
        (
            '[@"2019-09-17".weekday, date("-2017-12-31").year, date("999999999-12-31").year]',
            [2, -2017, 999999999],
        ),
        ("[today(), now()]", ["2026-03-01", "2026-03-01T12:30:00Z"]),
        ('[is(@"10:00:00Z", @"10:00:00+00:00"), is(@"10:00:00", @"10:00:00Z")]', [True, False]),
        ('is(date("2012-12-25"), time("23:00:50"))', False),
        ('for d in @"2026-02-28"..@"2026-03-01" return string(d)', ["2026-02-28", "2026-03-01"]),
        (
            '[date and time(@"2026-03-01", @"10:00:00"), time(10, 0, 1.5, @"PT2H"), date(2026, 13, 1)]',
            ["2026-03-01T10:00:00", "10:00:01.5+02:00", None],
        ),
    ],
    "ranges": [
        (
            "[before(1, 10), before([1..10), [10..20]), after([11..20], 10), meets([1..5], [5..10])]",
            [True] * 4,
        ),
        (
            "[overlaps([1..5], [5..8]), overlaps([1..5), [5..8]), overlaps before([1..5], [3..8])]",
            [True, False, True],
        ),
        (
            "[finishes(10, [1..10]), starts([1..5], [1..9]), during([4..6], [1..9]), includes([1..9], 9)]",
            [True] * 4,
        ),
        (
            "[coincides([1..5], [1..5]), coincides(3, 4), met by([5..10], [1..5]), finished by([1..10], 10)]",
            [True, False, True, True],
        ),
        (
            '[range("[1..3]").end, [1..3].start included, (1..3].start included, before(1, "a")]',
            [3, True, False, None],
        ),
        ('5 in range("[1..5)")', False),
    ],
}


@pytest.mark.parametrize(("source", "wanted"), [row for rows in ROWS.values() for row in rows])
def test_values(source: str, wanted: object) -> None:
    assert value(source) == wanted


@pytest.mark.parametrize(
    ("source", "names", "wanted"),
    [
        ("Full Name", {"Full Name": "Ann"}, "Ann"),
        ("a-b", {"a-b": 1, "a": 5, "b": 2}, 1),
        ("a - c", {"a-b": 1, "a": 5, "c": 2}, 3),
        ("date of birth and time", {"date of birth": True, "time": True}, True),
        ("Loan 2 + 1", {"Loan 2": 4}, 5),
        ("x.Monthly Salary * 2", {"x": {"Monthly Salary": 3}}, 6),
        ("in + 1", {"in": 1}, 2),
    ],
)
def test_names_are_resolved_against_the_scope(source: str, names: dict[str, Any], wanted: object) -> None:
    assert value(source, names) == wanted


@pytest.mark.parametrize(
    ("cell", "tested", "passes"),
    [
        ("-", None, True),
        ("< 5, [7..9]", 8, True),
        ("not(< 5, 8)", 8, False),
        ('"a", "b"', "b", True),
        ("true", False, False),
        ("string length(?) > 2", "abc", True),
        ("? > 2 and ? < 5", 5, False),
        ("[1, 2]", 2, True),
        ("limit", 3, True),
        ("> limit", 4, True),
        ('> "a"', 4, False),
        ("null", None, True),
        ("not(null)", None, False),
    ],
)
def test_unary_tests(cell: str, tested: object, passes: bool) -> None:
    assert compile_tests(cell).passes(tested, environment({"limit": 3})) is passes


@pytest.mark.parametrize(
    ("source", "position", "hint"),
    [
        ("agee > 3", 0, "did you mean 'age'?"),
        ("1 + coutn([1])", 4, "did you mean 'count'?"),
        ("substring(1)", 0, "substring is called as substring(string, start position, length)"),
        ("age instance of nubmer", 16, "did you mean 'number'?"),
        ("age ≥ 3", 4, "write >="),
        ("age > “3”", 6, 'write "'),
        ("if age then 1", 13, "'else' is missing"),
        ("{a: 1, a: 2}", 7, "is there twice"),
        ('@"2026-02-30"', 0, "is no date, time or duration"),
        ("age /* why", 4, "close it with */"),
        ("[1..3", 5, "at the end of a range"),
    ],
)
def test_errors_name_the_place_and_what_to_do(source: str, position: int, hint: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        compile_expression(source, ["age"])
    assert refusal.value.position == position
    assert hint in str(refusal.value)


def test_the_clock_is_given_or_asked_for() -> None:
    assert compile_expression("today()")({CLOCK: NOW}) == "2026-03-01"
    with pytest.raises(NoClock):
        compile_expression("now()")({})


def test_results_are_json_and_floats_keep_their_writing() -> None:
    found = compile_expression('{price: price * 3, on: date(day), left: [duration("P1D")]}')
    assert found({"price": 0.1, "day": "2026-01-02"}) == {"price": 0.3, "on": "2026-01-02", "left": ["P1D"]}
