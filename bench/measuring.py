"""How a figure is taken: interleaved rounds, and the median of their ratios."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio. ``ours`` and ``theirs`` are medians in microseconds a call; the ratio may reach ``goal``."""

    name: str
    ratio: float
    goal: float | None
    ours: float
    theirs: float
    against: str

    def as_json(self) -> dict[str, Any]:
        """For results.json, rounded to what is worth comparing."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def compare(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    against: str,
    goal: float | None = None,
    rounds: int = 15,
    calls: int = 50,
    clock: Callable[[], float] = time.process_time,
) -> Figure:
    """Run both in turn, ``rounds`` times ``calls`` each; the ratio is the median of the rounds' ratios."""
    for warm in (ours, theirs):
        warm()
    own, other = [], []
    for _ in range(rounds):
        own.append(_time(ours, calls, clock))
        other.append(_time(theirs, calls, clock))
    ratio = statistics.median(mine / yours for mine, yours in zip(own, other, strict=True))
    return Figure(name, ratio, goal, statistics.median(own) * 1e6, statistics.median(other) * 1e6, against)


def _time(call: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    started = clock()
    for _ in range(calls):
        call()
    return (clock() - started) / calls
