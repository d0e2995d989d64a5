"""What a connection declares about its delivery: ``[delivery]`` of ``connection.toml``, checked when read.

Everything has a default but ``repeat``: an operation of which nothing is known goes to a person rather than
being sent twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adapters.errors import Misconfigured


class Repeat(StrEnum):
    """What may be done when it is not known whether a message arrived."""

    READ = "read"  # nothing changes there: ask as often as you like
    KEY = "key"  # the agency recognises our key: send the same again
    ASK = "ask"  # ask by our reference, send only what it surely has not got
    PERSON = "person"  # neither: a person decides with the evidence


@dataclass(frozen=True, slots=True)
class Retry:
    """Pauses between tries in seconds: ``first``, by ``factor`` up to ``longest``, spread by ``jitter``."""

    first: float = 1.0
    factor: float = 2.0
    longest: float = 300.0
    jitter: float = 0.25
    tries: int = 1500  # about five days at the longest pause; then a person looks
    unreadable_tries: int = 6  # of an answer that cannot be understood


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: so many calls a second, and so many at once after a rest."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Circuit:
    """After ``failures`` in a row nothing is sent for ``pause`` seconds; each try in vain doubles it."""

    failures: int = 5
    pause: float = 5.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Failures:
    """Statuses and fault codes that mean something else here than usual."""

    temporary: frozenset[str] = frozenset()
    permanent: frozenset[str] = frozenset()
    undone: frozenset[str] = frozenset({"425", "429", "503"})  # the agency surely did nothing


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about how one connection is delivered to."""

    repeat: Repeat = Repeat.PERSON
    ask: str = ""  # the operation that asks by our reference
    settle: float = 30.0  # seconds until "not found" is believed: a message may still be on its way
    concurrency: int = 4
    order: str = ""  # "case", or a canonical path: jobs of the same key go one after the other
    claim_check: int = 64 * 1024  # characters from which a text is stored once and referred to
    largest_document: int = 20_000_000  # bytes
    retry: Retry = Retry()
    rate: Rate | None = None
    circuit: Circuit = Circuit()
    failures: Failures = Failures()
    call_seconds: float = 15.0  # about how long one call may take
    operations: Mapping[str, tuple[Repeat, str]] = field(default_factory=dict)

    def repeating(self, operation: str) -> tuple[Repeat, str]:
        """How an operation may be repeated, and the operation that asks; ``x.check`` only reads."""
        if operation.endswith(".check"):
            return Repeat.READ, ""
        return self.operations.get(operation, (self.repeat, self.ask))


TABLE: dict[str, tuple[type, float, float]] = {
    "settle": (float, 0, 86_400),
    "concurrency": (int, 1, 200),
    "claim_check": (int, 1024, 10_000_000),
    "largest_document": (int, 1, 500_000_000),
    "retry.first": (float, 0.01, 3600),
    "retry.factor": (float, 1, 10),
    "retry.longest": (float, 0.01, 86_400),
    "retry.jitter": (float, 0, 1),
    "retry.tries": (int, 1, 1_000_000),
    "retry.unreadable_tries": (int, 1, 1000),
    "rate.per_second": (float, 0.001, 100_000),
    "rate.burst": (int, 1, 100_000),
    "circuit.failures": (int, 1, 1000),
    "circuit.pause": (float, 0.01, 86_400),
    "circuit.longest": (float, 0.01, 86_400),
    "timeouts.connect": (float, 0.01, 600),
    "timeouts.read": (float, 0.01, 3600),
}
PARTS = {"retry", "rate", "circuit", "failures", "operations"}
TEXTS = {"repeat", "ask", "order"}


def parse(key: str, settings: Mapping[str, Any]) -> Policy:
    """The policy of a connection's settings; raises Misconfigured naming the setting and what it may be."""
    given = _table(key, "delivery", settings.get("delivery", {}))
    timeouts = _table(key, "timeouts", settings.get("timeouts", {}))
    known = {name for name in TABLE if "." not in name} | PARTS | TEXTS
    _insist_known(key, "delivery", given, known)
    parts = {name: _numbers(key, name, given.get(name, {})) for name in ("retry", "rate", "circuit")}
    if "rate" in given and "per_second" not in parts["rate"]:
        raise Misconfigured(key, "connection.toml: delivery.rate needs per_second")
    repeat, ask = _repeat(key, "delivery", given, (Repeat.PERSON, ""))
    reads = _numbers(key, "timeouts", timeouts)
    own: dict[str, Any] = {
        name: _number(key, name, given[name]) for name in TABLE if "." not in name and name in given
    }
    return Policy(
        repeat=repeat,
        ask=ask,
        order=_text(key, "delivery.order", given.get("order", "")),
        retry=Retry(**parts["retry"]),
        rate=Rate(**parts["rate"]) if parts["rate"] else None,
        circuit=Circuit(**parts["circuit"]),
        failures=_failures(key, _table(key, "delivery.failures", given.get("failures", {}))),
        call_seconds=reads.get("connect", 3.0) + reads.get("read", 10.0) + 2.0,
        operations=_operations(key, given.get("operations", {}), (repeat, ask)),
        **own,
    )


def _operations(key: str, given: Any, default: tuple[Repeat, str]) -> dict[str, tuple[Repeat, str]]:
    found = {}
    for name, value in _table(key, "delivery.operations", given).items():
        where = f"delivery.operations.{name}"
        own = {"repeat": value} if isinstance(value, str) else _table(key, where, value)
        _insist_known(key, where, own, {"repeat", "ask"})
        found[name] = _repeat(key, where, own, default)
    return found


def _repeat(
    key: str, where: str, given: Mapping[str, Any], default: tuple[Repeat, str]
) -> tuple[Repeat, str]:
    word = given.get("repeat", default[0])
    if word not in list(Repeat):
        words = ", ".join(Repeat)
        raise Misconfigured(key, f"connection.toml: {where}.repeat is {word!r}; say one of {words}")
    ask = _text(key, f"{where}.ask", given.get("ask", default[1]))
    if word == Repeat.ASK and not ask:
        raise Misconfigured(
            key, f'connection.toml: {where}.repeat = "ask" needs ask, the operation that asks'
        )
    return Repeat(word), ask if word == Repeat.ASK else ""


def _failures(key: str, given: Mapping[str, Any]) -> Failures:
    _insist_known(key, "delivery.failures", given, {"temporary", "permanent", "undone"})
    sets = {}
    for name, value in given.items():
        if not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
            raise Misconfigured(
                key, f"connection.toml: delivery.failures.{name} is a list of statuses or codes"
            )
        sets[name] = frozenset(str(one) for one in value)
    both = sets.get("temporary", frozenset()) & sets.get("permanent", frozenset())
    if both:
        raise Misconfigured(key, f"connection.toml: delivery.failures: {sorted(both)[0]} cannot be both")
    return Failures(**sets)


def _numbers(key: str, part: str, given: Any) -> dict[str, Any]:
    table = _table(key, part, given)
    names = {name.partition(".")[2] for name in TABLE if name.startswith(f"{part}.")}
    _insist_known(key, part if part == "timeouts" else f"delivery.{part}", table, names)
    return {name: _number(key, f"{part}.{name}", value) for name, value in table.items()}


def _number(key: str, name: str, value: Any) -> float | int:
    kind, low, high = TABLE[name]
    is_number = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        what = "a whole number" if kind is int else "a number"
        where = name if name.startswith("timeouts") else f"delivery.{name}"
        raise Misconfigured(
            key, f"connection.toml: {where} is {value!r}; say {what} from {low:g} to {high:g}"
        )
    number: float | int = kind(value)
    return number


def _table(key: str, where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Misconfigured(key, f"connection.toml: {where} is {value!r}; it is a table, [{where}]")
    return value


def _text(key: str, where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Misconfigured(key, f"connection.toml: {where} is {value!r}; it is a text")
    return value


def _insist_known(key: str, where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            words = ", ".join(sorted(known))
            raise Misconfigured(key, f"connection.toml: {where} has no setting {name!r}; it has {words}")
