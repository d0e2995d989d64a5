"""The FEEL subset: what it computes, and what it refuses."""

import pytest

from workflows.expressions import BudgetSpent, ExpressionError, compile_expression

NAMES = {
    "age": 34,
    "name": "Maria",
    "home": {"post": "41255", "none": None},
    "movers": [
        {"notation": "A", "adult": True, "person": {"given": "Ann"}},
        {"notation": "B", "adult": False, "person": {"given": "Bo"}},
        {"notation": "C", "adult": True, "person": {"given": "Cy"}},
    ],
    "applicant": {"notation": "A"},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("age >= 18", True),
        ('name = "Maria" and age < 18', False),
        ('home.post = "41255"', True),
        ("home.none = null", True),
        ("absent.way.down = null", True),
        ("absent > 3", None),
        ("absent > 3 or age > 3", True),
        ("absent > 3 and age < 3", False),
        ("not(absent > 3)", None),
        ("name > 3", None),
        ("movers.notation", ["A", "B", "C"]),
        ("movers[adult = true].notation", ["A", "C"]),
        ("movers[adult = true and notation != applicant.notation].notation", ["C"]),
        ("movers[2].person.given", "Bo"),
        ("movers[9]", None),
        ('"B" in movers.notation', True),
        ("count(movers[adult = false]) + 1", 2),
        ('lower case("Vestvik")', "vestvik"),
        ('list contains(["x"], "x")', True),
        ('"a" + "b"', "ab"),
        ('"say \\"no\\""', 'say "no"'),
        ("[1, 2.5]", [1, 2.5]),
        ("(age - 4) = 30", True),
    ],
)
def test_values(source: str, value: object) -> None:
    assert compile_expression(source)(NAMES) == value


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("", 0),
        ("age >", 5),
        ("age = = 3", 6),
        ("age 3", 4),
        ("__import__('os')", 0),
        ('open("x")', 0),
        ("count()", 0),
        ("count(movers", 12),
        ("a.b.(c)", 4),
        ("a; b", 1),
        ("a @ b", 2),
        ('"open end', 0),
        ("and", 0),
    ],
)
def test_hostile_or_broken_sources_are_refused_with_the_position(source: str, position: int) -> None:
    with pytest.raises(ExpressionError) as refusal:
        compile_expression(source)
    assert refusal.value.position == position


def test_python_cannot_be_reached_through_names() -> None:
    assert compile_expression("name.__class__")(NAMES) is None
    assert compile_expression("name.upper")(NAMES) is None


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(ExpressionError):
        compile_expression("(" * 60 + "1" + ")" * 60)
    with pytest.raises(ExpressionError):
        compile_expression("1 + " * 600 + "1")


def test_a_run_that_takes_too_long_is_stopped() -> None:
    many = {"items": list(range(200))}
    with pytest.raises(BudgetSpent):
        compile_expression("items[count(items[item > 0]) > 500]")(many)
