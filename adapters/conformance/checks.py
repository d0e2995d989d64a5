"""All the checks, each a function of a bench. They cover every operation the bench has a value for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from adapters.conformance import faults, messages
from adapters.conformance.bench import Bench
from adapters.conformance.verdicts import NO, Seen, every
from adapters.errors import AdapterError
from adapters.mapping.unfit import Unfit


def run(name: str, one: Bench) -> Seen:
    """Run one check; what it does not expect of the adapter is a no."""
    one.reset()
    try:
        return replace(CHECKS[name](one), check=name)
    except (AdapterError, Unfit) as error:
        return Seen(name, NO, f"{type(error).__name__}: {error}")
    finally:
        one.reset()


def run_all(one: Bench) -> list[Seen]:
    """Every check in its order."""
    return [run(name, one) for name in CHECKS]


def texts(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all texts of a value that stand in no list."""
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(inner, dict):
            yield from texts(inner, here)
        elif isinstance(inner, str | int | float) and not isinstance(inner, bool):
            yield here


CHECKS: dict[str, Callable[[Bench], Seen]] = {
    "required fields are mapped": messages.unmapped,
    "accepted": every(messages.accepted),
    "whole answers": every(messages.whole),
    "round trip": every(messages.round_trip),
    "rejected is a result": every(messages.rejected),
    "contract violation found before sending": every(messages.refused),
    "repeated under the same key": every(messages.repeated),
    "outcome unknown": every(faults.unknown),
    "slow": every(faults.slow),
    "silent": every(faults.silent),
    "own time-out": faults.own_time,
    "closed door": every(faults.closed),
    "out of order": every(faults.out_of_order),
    "malformed answer": every(faults.damaged("malformed", has_line=True)),
    "wrong encoding": every(faults.damaged("wrong_encoding", has_line=True)),
    "answer of the wrong shape": every(faults.damaged("wrong_contract", has_line=False)),
    "proved to the agency": messages.proved,
    "unsigned answer": every(messages.unproved),
}
