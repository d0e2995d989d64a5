"""The checks, each a function of a bench. They cover every operation the bench has a value for."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from adapters import registry
from adapters.conformance.bench import Bench
from adapters.contracts.markup import parse
from adapters.contracts.violation import Violation
from adapters.delivery import policy
from adapters.delivery.policy import Repeat
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Refused, Unavailable
from adapters.mapping.unfit import Unfit
from adapters.ports import Pending, Rejected, Result, Retry
from adapters.wss.names import WSU_ID

YES, NO, NONE = "yes", "no", "-"
_ENVELOPE = re.compile(rb"<\?xml.*</[^<>]*Envelope>", re.DOTALL)
_PART = re.compile(rb"cid:[^\"']+")
_RUN = re.compile(r"(\w)\1{20,}")  # what was made too long on purpose
LONGEST = 200  # characters of evidence for one operation
OWN = 1.0  # seconds that the connection allows in the check of its own time-out
SHORT = 0.3  # seconds that a call may take in the checks of time-outs
Judged = tuple[str, str]  # verdict and evidence
Judge = Callable[[Bench, str], Judged]


@dataclass(frozen=True, slots=True)
class Seen:
    """One check's verdict and what it rests on, a line for each operation."""

    check: str
    verdict: str
    evidence: str


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


def _every(judge: Judge) -> Callable[[Bench], Seen]:
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


def unmapped(one: Bench) -> Seen:
    """The agency's required fields all have a rule."""
    left: dict[str, list[str]] = getattr(one.adapter, "unmapped", dict)()
    told = "; ".join(f"{name}: {', '.join(paths)}" for name, paths in left.items())
    return Seen("", NO if left else YES, told or "no required field is left open")


def accepted(one: Bench, operation: str) -> Judged:
    """Every operation is carried out and its answer understood."""
    started = time.monotonic()
    reply = one.send(operation)
    took = (time.monotonic() - started) * 1000
    if reply.wire.status.isdecimal() and int(reply.wire.status) >= 400:
        return NO, f"{_name(reply.result)}: {getattr(reply.result, 'reason', '')} ({reply.wire.status})"
    result = one.settled(operation) if isinstance(reply.result, Pending) else reply.result
    return NO if isinstance(result, Retry) else YES, f"{_name(result)} in {took:.0f} ms"


def whole(one: Bench, operation: str) -> Judged:
    """The longest answer that the contract allows is understood too."""
    result = one.whole(operation)
    return (NONE, "nobody here gives one") if result is None else (YES, _name(result))


def round_trip(one: Bench, operation: str) -> Judged:
    """What is sent reads back as the same value."""
    changed = one.changed(operation)
    if changed is None:
        return NONE, "has no sample to send and read back"
    return NO if changed else YES, "; ".join(changed) or "came back as it went"


def rejected(one: Bench, operation: str) -> Judged:
    """The agency's no, in each way the contract declares, is a result and not an error."""
    told = []
    for label, ask in one.refusals(operation):
        try:
            result = ask()
        except (AdapterError, Unfit) as error:
            return NO, f"{label}: {type(error).__name__}: {error}"
        if not isinstance(result, Rejected | Retry):
            return NO, f"{label}: {_name(result)}"
        told.append(f"{label}: {_name(result)} {result.reason}".strip())
    return (YES, ", ".join(told)) if told else (NONE, "the contract declares no way to say no")


def refused(one: Bench, operation: str) -> Judged:
    """A value that breaks the contract is found before anything is sent, and its field is named."""
    tried = False
    for path, value in one.broken(operation):
        before, tried = one.received, True
        try:
            one.send(operation, value)
        except Refused as error:
            sent = one.received - before
            right = error.field == path and not sent
            return YES if right else NO, f"{error.field or 'no field'}: {sent} messages sent; {error.message}"
        if one.knows_what_breaks:
            return NO, f"{path}: what breaks the contract was not refused"
    return NONE, "the contract cuts what is too long" if tried else "no value could break the contract"


def repeated(one: Bench, operation: str) -> Judged:
    """The same key sends the same message, and each is repeated as the connection declares."""
    repeat, ask = policy.parse(one.spec.key, one.spec.settings).repeating(operation)
    first = second = b""
    for _ in range(1 if one.speaks_http else 3):  # a file says the second in which it was written
        first, second = (one.send(operation, key="the-same").wire.sent for _ in range(2))
        if _unsealed(first) == _unsealed(second):
            break
    else:
        return NO, f"{len(first)} bytes, not the same twice"
    if repeat != Repeat.ASK:
        return YES, f"{len(first)} bytes, the same twice; repeat = {repeat.value!r}"
    told = one.send(ask, one.values[operation], key="the-same").result
    return YES, f"{len(first)} bytes, the same twice; {ask} answers our reference with {_name(told)}"


def unknown(one: Bench, operation: str) -> Judged:
    """Where the answer is lost it is known that the message may have arrived: nothing is sent blindly."""
    if not one.speaks_http:
        return NONE, "a file is there or not"
    before = one.received
    one.switch(no_reply=True)
    error = _error(one, operation)
    one.reset()
    right = isinstance(error, Unavailable) and error.sent and one.received > before
    repeat, ask = policy.parse(one.spec.key, one.spec.settings).repeating(operation)
    then = {
        Repeat.READ: "it is sent again, for it only reads",
        Repeat.KEY: "the same key is sent again",
        Repeat.ASK: f"{ask} asks by our reference first",
        Repeat.PERSON: "a person decides",
    }
    return YES if right else NO, f"{_told(error)}; then {then[repeat]}"


def slow(one: Bench, operation: str) -> Judged:
    """A slow answer within the time allowed is an answer."""
    if not one.speaks_http:
        return NONE, "nobody waits for a file"
    one.switch(latency_ms=200)
    started = time.monotonic()
    result = one.send(operation).result
    one.reset()
    return YES, f"{_name(result)} after {(time.monotonic() - started) * 1000:.0f} ms"


def silent(one: Bench, operation: str) -> Judged:
    """Silence is Unavailable within the time that the call has, and it is known that something was sent."""
    if not one.speaks_http:
        return NONE, "nobody waits for a file"
    one.switch(latency_ms=3000)
    started = time.monotonic()
    error = _error(one, operation, timeout=SHORT)
    took = time.monotonic() - started
    one.reset()
    right = isinstance(error, Unavailable) and error.sent and took < 2
    return YES if right else NO, f"{_told(error)} after {took:.1f} s"


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
    error = _error(hasty, operation)
    took = time.monotonic() - started
    right = isinstance(error, Unavailable) and took < 2.8
    told = f"{_told(error)} with read = {OWN}; connection.toml says {said or 'nothing: the default holds'}"
    return Seen("", YES if right else NO, told)


def closed(one: Bench, operation: str) -> Judged:
    """A closed door is Unavailable, and it is known that nothing was sent."""
    one.switch(down=True)
    error = _error(one, operation)
    one.reset()
    right = isinstance(error, Unavailable) and not error.sent and error.retryable
    return YES if right else NO, _told(error)


def out_of_order(one: Bench, operation: str) -> Judged:
    """An agency that says it is out of order is Unavailable, to be tried again."""
    one.switch(http_500=True)
    error = _error(one, operation)
    one.reset()
    return YES if isinstance(error, Unavailable) else NO, _told(error)


def _damaged(switch: str, *, has_line: bool) -> Judge:
    def check(one: Bench, operation: str) -> Judged:
        if switch not in one.agency.switchable or not one.is_answered(operation):
            return NONE, "there is no answer to damage"
        one.switch(**{switch: True})
        error = _settling(one, operation)
        one.reset()
        kept = bool(error is not None and error.wire.received)
        right = isinstance(error, NotUnderstood) and kept and (error.line > 0 or not has_line)
        told = _told(error) if error else "understood all the same"
        return YES if right else NO, f"{told}; the answer is {'kept' if kept else 'lost'}"

    return check


def proved(one: Bench) -> Seen:
    """Messages prove whose they are as the connection declares, and the agency believes them."""
    how, why_not = one.proofs()
    if not how:
        return Seen("", NONE, "connection.toml declares no security and no authentication")
    operation = next(iter(one.values))
    try:
        one.send(operation)
    except Misconfigured as error:
        return Seen("", NO, f"{how}: {one.proofs()[1] or error.message}")
    why_not = one.proofs()[1]
    return Seen("", NO if why_not else YES, f"{how}{f': {why_not}' if why_not else ': believed'}")


def unproved(one: Bench, operation: str) -> Judged:
    """An answer without the signature that it must have is refused."""
    try:
        result = one.unproved(operation)
    except AdapterError as error:
        return YES, _told(error)
    return (NONE, "answers need no signature") if result is None else (NO, f"{_name(result)} all the same")


def _error(one: Bench, operation: str, timeout: float | None = None) -> AdapterError | None:
    try:
        one.send(operation, timeout=timeout)
    except AdapterError as error:
        return error
    return None


def _settling(one: Bench, operation: str) -> AdapterError | None:
    try:
        one.settled(operation)
    except AdapterError as error:
        return error
    return None


def _told(error: AdapterError | None) -> str:
    return "no error" if error is None else f"{type(error).__name__}: {error.message}"


def _name(result: Result) -> str:
    return type(result).__name__


def _unsealed(sent: bytes) -> bytes:
    """A message without what is new each time: its security header, and the names of its parts (MTOM)."""
    found = _ENVELOPE.search(sent)
    try:
        root: Any = parse(_PART.sub(b"cid:part", found[0]) if found else sent)
    except Violation:
        return sent
    for block in root.findall("./{*}Header/{*}Security"):
        block.getparent().remove(block)
    for element in root.iter(etree.Element):
        element.attrib.pop(WSU_ID, None)
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, method="c14n"))


def texts(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all texts of a value that stand in no list."""
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(inner, dict):
            yield from texts(inner, here)
        elif isinstance(inner, str | int | float) and not isinstance(inner, bool):
            yield here


CHECKS: dict[str, Callable[[Bench], Seen]] = {
    "required fields are mapped": unmapped,
    "accepted": _every(accepted),
    "whole answers": _every(whole),
    "round trip": _every(round_trip),
    "rejected is a result": _every(rejected),
    "contract violation found before sending": _every(refused),
    "repeated under the same key": _every(repeated),
    "outcome unknown": _every(unknown),
    "slow": _every(slow),
    "silent": _every(silent),
    "own time-out": own_time,
    "closed door": _every(closed),
    "out of order": _every(out_of_order),
    "malformed answer": _every(_damaged("malformed", has_line=True)),
    "wrong encoding": _every(_damaged("wrong_encoding", has_line=True)),
    "answer of the wrong shape": _every(_damaged("wrong_contract", has_line=False)),
    "proved to the agency": proved,
    "unsigned answer": _every(unproved),
}
