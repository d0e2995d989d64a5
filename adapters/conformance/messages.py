"""Checks of what goes out and comes back while nothing is wrong at the agency."""

import re
import time
from typing import Any

from lxml import etree

from adapters.conformance.bench import Bench
from adapters.conformance.verdicts import NO, NONE, YES, Judged, Seen, name_of, told_of
from adapters.contracts.markup import parse
from adapters.contracts.violation import Violation
from adapters.delivery import policy
from adapters.delivery.policy import Repeat
from adapters.errors import AdapterError, Misconfigured, Refused
from adapters.mapping.unfit import Unfit
from adapters.ports import Pending, Rejected, Retry
from adapters.wss.names import WSU_ID

_ENVELOPE = re.compile(rb"<\?xml.*</[^<>]*Envelope>", re.DOTALL)
_PART = re.compile(rb"cid:[^\"']+")


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
        return NO, f"{name_of(reply.result)}: {getattr(reply.result, 'reason', '')} ({reply.wire.status})"
    result = one.settled(operation) if isinstance(reply.result, Pending) else reply.result
    return NO if isinstance(result, Retry) else YES, f"{name_of(result)} in {took:.0f} ms"


def whole(one: Bench, operation: str) -> Judged:
    """The longest answer that the contract allows is understood too."""
    result = one.whole(operation)
    return (NONE, "nobody here gives one") if result is None else (YES, name_of(result))


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
            return NO, f"{label}: {name_of(result)}"
        told.append(f"{label}: {name_of(result)} {result.reason}".strip())
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
    return YES, f"{len(first)} bytes, the same twice; {ask} answers our reference with {name_of(told)}"


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
        return YES, told_of(error)
    return (NONE, "answers need no signature") if result is None else (NO, f"{name_of(result)} all the same")


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
