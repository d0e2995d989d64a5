"""What an expression may cost: steps, depth, and the sizes of texts, lists and numbers."""

from typing import Any

STEP_BUDGET = 10_000
LONGEST_TEXT = 100_000  # characters of a text that an expression makes
LONGEST_LIST = 10_000  # items of a list that an expression makes
DEEPEST_CALL = 50  # functions inside functions
Env = dict[Any, Any]  # names to values; the two keys below are objects, which no data can hold


class BudgetSpent(Exception):
    """An expression took more steps than it may, or made something too large. Final for this input."""


class NoClock(Exception):
    """``today()`` or ``now()`` was asked where no clock was given. Final: give ``CLOCK`` with the names."""


class _Key:
    """A key of an environment that is no text."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


BUDGET = _Key("budget")
CLOCK = _Key("clock")  # its value is an aware datetime: what now() gives


class Budget:
    """The steps that are left, and how deep in functions we are."""

    __slots__ = ("depth", "left", "most")

    def __init__(self, most: int = STEP_BUDGET) -> None:
        self.most = self.left = most
        self.depth = 0

    def spend(self, steps: int) -> None:
        """Count steps; raises BudgetSpent."""
        self.left -= steps
        if self.left < 0:
            raise BudgetSpent(f"more than {self.most} steps")


def budget_of(env: Env) -> Budget:
    """The budget of an environment; a small one of its own where there is none."""
    found = env.get(BUDGET)
    return found if isinstance(found, Budget) else Budget()


def fitting_text(text: str) -> str:
    """The text, if it is not too long; raises BudgetSpent."""
    if len(text) > LONGEST_TEXT:
        raise BudgetSpent(f"a text of more than {LONGEST_TEXT} characters")
    return text


def fitting_list(items: list[Any]) -> list[Any]:
    """The list, if it is not too long; raises BudgetSpent."""
    if len(items) > LONGEST_LIST:
        raise BudgetSpent(f"a list of more than {LONGEST_LIST} items")
    return items
