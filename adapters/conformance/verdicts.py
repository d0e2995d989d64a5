"""What a check says of an adapter: yes, no or not applicable, and what that rests on."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from adapters.conformance.bench import Bench
from adapters.errors import AdapterError
from adapters.mapping.unfit import Unfit
from adapters.ports import Result

YES, NO, NONE = "yes", "no", "-"
LONGEST = 200  # characters of evidence for one operation
_RUN = re.compile(r"(\w)\1{20,}")  # what was made too long on purpose
Judged = tuple[str, str]  # verdict and evidence
Judge = Callable[[Bench, str], Judged]


@dataclass(frozen=True, slots=True)
class Seen:
    """One check's verdict and what it rests on, a line for each operation."""

    check: str
    verdict: str
    evidence: str


def every(judge: Judge) -> Callable[[Bench], Seen]:
    """A check of each operation: no where one says no, not applicable where all say so."""

    def check(one: Bench) -> Seen:
        found = {name: _judged(judge, one, name) for name in one.values}
        wrong = [f"{name}: {told}" for name, (verdict, told) in found.items() if verdict == NO]
        right = [f"{name}: {told}" for name, (verdict, told) in found.items() if verdict == YES]
        if wrong:
            return Seen("", NO, "\n".join(wrong))
        if right:
            return Seen("", YES, "\n".join(right))
        return Seen("", NONE, "; ".join(dict.fromkeys(told for _, told in found.values())) or "no operation")

    check.__doc__ = judge.__doc__
    return check


def _judged(judge: Judge, one: Bench, name: str) -> Judged:
    try:
        verdict, told = judge(one, name)
        told = _RUN.sub(r"\1\1\1...", told)
        return verdict, told if len(told) <= LONGEST else f"{told[:LONGEST]} ..."
    except (AdapterError, Unfit) as error:
        return NO, f"{type(error).__name__}: {error}"


def error_of(one: Bench, operation: str, timeout: float | None = None) -> AdapterError | None:
    """The error that a call ends in, None where it has an answer."""
    try:
        one.send(operation, timeout=timeout)
    except AdapterError as error:
        return error
    return None


def told_of(error: AdapterError | None) -> str:
    """An error in a line of evidence."""
    return "no error" if error is None else f"{type(error).__name__}: {error.message}"


def name_of(result: Result) -> str:
    """A result by the name of its kind."""
    return type(result).__name__
