"""Checks of what an adapter makes of an agency that is slow, silent, out of order or not understood."""

import time
from dataclasses import replace

from adapters import registry
from adapters.conformance.bench import Bench
from adapters.conformance.verdicts import NO, NONE, YES, Judge, Judged, Seen, error_of, name_of, told_of
from adapters.delivery import policy
from adapters.delivery.policy import Repeat
from adapters.errors import AdapterError, NotUnderstood, Unavailable

OWN = 1.0  # seconds that the connection allows in the check of its own time-out
SHORT = 0.3  # seconds that a call may take in the checks of time-outs


def unknown(one: Bench, operation: str) -> Judged:
    """Where the answer is lost it is known that the message may have arrived: nothing is sent blindly."""
    if not one.speaks_http:
        return NONE, "a file is there or not"
    before = one.received
    one.switch(no_reply=True)
    error = error_of(one, operation)
    one.reset()
    right = isinstance(error, Unavailable) and error.sent and one.received > before
    repeat, ask = policy.parse(one.spec.key, one.spec.settings).repeating(operation)
    then = {
        Repeat.READ: "it is sent again, for it only reads",
        Repeat.KEY: "the same key is sent again",
        Repeat.ASK: f"{ask} asks by our reference first",
        Repeat.PERSON: "a person decides",
    }
    return YES if right else NO, f"{told_of(error)}; then {then[repeat]}"


def slow(one: Bench, operation: str) -> Judged:
    """A slow answer within the time allowed is an answer."""
    if not one.speaks_http:
        return NONE, "nobody waits for a file"
    one.switch(latency_ms=200)
    started = time.monotonic()
    result = one.send(operation).result
    one.reset()
    return YES, f"{name_of(result)} after {(time.monotonic() - started) * 1000:.0f} ms"


def silent(one: Bench, operation: str) -> Judged:
    """Silence is Unavailable within the time that the call has, and it is known that something was sent."""
    if not one.speaks_http:
        return NONE, "nobody waits for a file"
    one.switch(latency_ms=3000)
    started = time.monotonic()
    error = error_of(one, operation, timeout=SHORT)
    took = time.monotonic() - started
    one.reset()
    right = isinstance(error, Unavailable) and error.sent and took < 2
    return YES if right else NO, f"{told_of(error)} after {took:.1f} s"


def own_time(one: Bench) -> Seen:
    """The connection's own time-out ends a call that says none."""
    if not one.speaks_http:
        return Seen("", NONE, "nobody waits for a file")
    said = one.spec.settings.get("timeouts", {}).get("read")
    short = {**one.spec.settings, "timeouts": {"connect": 1.0, "read": OWN}}
    hasty = replace(one, adapter=registry.build(replace(one.spec, settings=short)))
    operation = next(iter(one.values))
    one.send(operation)  # an agency that is asked for the first time reads its contract
    hasty.send(operation)  # a token is fetched before the agency falls silent
    hasty.switch(latency_ms=3000)
    started = time.monotonic()
    error = error_of(hasty, operation)
    took = time.monotonic() - started
    right = isinstance(error, Unavailable) and took < 2.8
    told = f"{told_of(error)} with read = {OWN}; connection.toml says {said or 'nothing: the default holds'}"
    return Seen("", YES if right else NO, told)


def closed(one: Bench, operation: str) -> Judged:
    """A closed door is Unavailable, and it is known that nothing was sent."""
    one.switch(down=True)
    error = error_of(one, operation)
    one.reset()
    right = isinstance(error, Unavailable) and not error.sent and error.retryable
    return YES if right else NO, told_of(error)


def out_of_order(one: Bench, operation: str) -> Judged:
    """An agency that says it is out of order is Unavailable, to be tried again."""
    one.switch(http_500=True)
    error = error_of(one, operation)
    one.reset()
    return YES if isinstance(error, Unavailable) else NO, told_of(error)


def damaged(switch: str, *, has_line: bool) -> Judge:
    """A check that the agency's answer, damaged by a switch, is not taken for an answer, and is kept."""

    def check(one: Bench, operation: str) -> Judged:
        if switch not in one.agency.switchable or not one.is_answered(operation):
            return NONE, "there is no answer to damage"
        if why := one.undamageable(operation, switch):
            return NONE, why
        one.switch(**{switch: True})
        error = _settling(one, operation)
        one.reset()
        kept = bool(error is not None and error.wire.received)
        right = isinstance(error, NotUnderstood) and kept and (error.line > 0 or not has_line)
        told = told_of(error) if error else "understood all the same"
        return YES if right else NO, f"{told}; the answer is {'kept' if kept else 'lost'}"

    return check


def _settling(one: Bench, operation: str) -> AdapterError | None:
    try:
        one.settled(operation)
    except AdapterError as error:
        return error
    return None
