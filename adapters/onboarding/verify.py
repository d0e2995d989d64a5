"""The conformance checks of a connection, each with yes, no or not applicable, and what was seen.

The agency is a simulator made from the connection's own contract, on loopback. Against a real test system
only what harms nobody is done: the connection is opened, and operations that it declares as reads go.
"""

import json
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError, NotUnderstood, Refused, Unavailable
from adapters.mapping.unfit import Unfit
from adapters.onboarding.sampling import Connection, differences
from adapters.ports import JSON, Adapter, Context, Rejected, Reply, Request, Retry
from adapters.samples.source import RecordSource, SoapSource
from adapters.simulator import generated
from adapters.simulator.pins import Pins
from adapters.simulator.simulated import SimulatedAgency, service

YES, NO, NONE = "yes", "no", "-"
_EDGE = ("security", "oauth", "authentication", "addressing", "tls", "delivery")
_LONG = "x" * 5000


@dataclass(frozen=True, slots=True)
class Seen:
    """One check's verdict and what it rests on."""

    check: str
    verdict: str
    evidence: str


@dataclass(slots=True)
class Bench:
    """A connection's adapter, a simulated agency behind it, and sample values."""

    connection: Connection
    adapter: Adapter
    agency: SimulatedAgency
    values: dict[str, JSON]

    @property
    def first(self) -> str:
        """The operation that most checks use: the first one that a sample was made for."""
        return next((name for name, value in self.values.items() if value), next(iter(self.values)))

    def send(self, operation: str = "", value: JSON | None = None, **options: Any) -> Reply:
        """Carry out an operation with its sample value; raises a child of AdapterError."""
        name = operation or self.first
        key = options.pop("key", "") or uuid.uuid4().hex
        context = Context("verify", key, "VERIFY-1", "verify", "integrator", "conformance")
        sent = self.values[name] if value is None else value
        return self.adapter.send(Request(name, sent, context, options.get("timeout")))


@contextmanager
def bench(spec: ConnectionSpec) -> Iterator[Bench]:
    """A simulator of the contract, the adapter pointed at it; raises Misconfigured, NotSimulated.

    How messages are signed and who may call is left out: a simulator made from a contract knows neither.
    """
    connection = Connection(spec)
    if connection.source is None:
        raise ValueError("the connection has no contract")
    script = generated.script(connection.source, Pins([]), 0)
    agency = SimulatedAgency(service(connection.source), script, title=spec.name)
    agency.start()
    try:
        settings = {name: value for name, value in spec.settings.items() if name not in _EDGE}
        parts = urlsplit(agency.url)
        address = f"{parts.scheme}://{parts.netloc}"
        here = replace(spec, base_url=address, settings={**settings, "allow_private": True})
        yield Bench(connection, registry.build(here), agency, connection.values())
    finally:
        agency.stop()


def simulated(spec: ConnectionSpec) -> list[Seen]:
    """Every check against a simulator; raises Misconfigured, ContractUnreadable."""
    connection = Connection(spec)
    if connection.source is None or isinstance(connection.source, RecordSource):
        return [
            *_offline(connection),
            Seen("simulated agency", NONE, "a contract of this kind is not served"),
        ]
    with bench(spec) as one:
        found = _offline(connection)
        for name, check in CHECKS.items():
            one.agency.panel.reset()
            found.append(_run(name, check, one))
        return found


def _run(name: str, check: "Callable[[Bench], Seen]", one: Bench) -> Seen:
    try:
        return replace(check(one), check=name)
    except (AdapterError, Unfit) as error:
        return Seen(name, NO, f"{type(error).__name__}: {error}")


def _offline(connection: Connection) -> list[Seen]:
    """What needs no agency: everything compiles, every operation has a sample, nothing required is open."""
    empty = [
        name for name, value in connection.values().items() if not value and connection.plans[name].request
    ]
    lacking = f"no sample for {', '.join(empty)}: write one into samples.json" if empty else "each has one"
    return [
        Seen(
            "contract and mapping compile",
            YES,
            f"{len(connection.plans)} operations: {', '.join(connection.plans)}",
        ),
        Seen("operations have a sample value", NO if empty else YES, lacking),
    ]


def accepted(one: Bench) -> Seen:
    """Every operation is carried out and its answer understood."""
    told = []
    for name in one.values:
        started = time.monotonic()
        reply = one.send(name)
        told.append(f"{name}: {type(reply.result).__name__} in {(time.monotonic() - started) * 1000:.0f} ms")
    return Seen("", YES, "; ".join(told))


def unmapped(one: Bench) -> Seen:
    """The agency's required fields all have a rule."""
    left: dict[str, list[str]] = getattr(one.adapter, "unmapped", dict)()
    told = "; ".join(f"{name}: {', '.join(paths)}" for name, paths in left.items())
    return Seen("", NO if left else YES, told or "no required field is left open")


def rejected(one: Bench) -> Seen:
    """The agency's no is a result, not an error."""
    source, plan = one.connection.source, one.connection.plans[one.first]
    if isinstance(source, SoapSource) and not source.wsdl.operations[plan.call].faults:
        return Seen("", NONE, f"the contract declares no fault of {plan.call}")
    one.agency.switch(reject=True)
    result = one.send().result
    right = isinstance(result, Rejected | Retry)
    return Seen("", YES if right else NO, f"{type(result).__name__}: {getattr(result, 'reason', '')}"[:120])


def refused(one: Bench) -> Seen:
    """A value that breaks the contract is found before anything is sent, and its field is named."""
    before = one.agency.store.ledger()["received"]
    for path, value in _broken(one.values[one.first]):
        try:
            one.send(value=value)
        except Refused as error:
            sent = one.agency.store.ledger()["received"] - before
            right = error.field == path and not sent
            return Seen(
                "", YES if right else NO, f"{error.field}: {sent} messages sent; {error.message[:110]}"
            )
        except AdapterError:
            pass
        before = one.agency.store.ledger()["received"]
    return Seen("", NO, "no change to the sample value was refused: what breaks this contract?")


def _broken(value: JSON, prefix: str = "") -> Iterator[tuple[str, JSON]]:
    """The value with one member at a time made too long, or left out; with that member's path."""
    for path, change in _changes(value):
        changed = deepcopy(value)
        change(changed)
        yield path, changed


def _changes(value: Any, path: str = "") -> Iterator[tuple[str, Callable[[JSON], None]]]:
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(inner, dict):
            yield from _changes(inner, here)
        elif isinstance(inner, str):
            for wrong in (_LONG, "\x01", None):
                yield here, _putter(here, wrong)


def _putter(path: str, wrong: str | None) -> Callable[[JSON], None]:
    *parents, last = path.split(".")

    def put(value: JSON) -> None:
        for name in parents:
            value = value[name]
        if wrong is None:
            del value[last]
        else:
            value[last] = wrong

    return put


def silent(one: Bench) -> Seen:
    """Silence is Unavailable within the time allowed, and it is known that something was sent."""
    one.agency.switch(latency_ms=3000)
    started = time.monotonic()
    error = _error(one, timeout=0.3)
    took = time.monotonic() - started
    right = isinstance(error, Unavailable) and error.sent and took < 2
    return Seen("", YES if right else NO, f"{_told(error)} after {took:.1f} s")


def closed(one: Bench) -> Seen:
    """A closed door is Unavailable, and it is known that nothing was sent."""
    one.agency.switch(down=True)
    error = _error(one)
    one.agency.switch(down=False)
    right = isinstance(error, Unavailable) and not error.sent
    return Seen("", YES if right else NO, _told(error))


def out_of_order(one: Bench) -> Seen:
    """An agency that says it is out of order is Unavailable, to be tried again."""
    one.agency.switch(http_500=True)
    error = _error(one)
    return Seen("", YES if isinstance(error, Unavailable) else NO, _told(error))


def slow(one: Bench) -> Seen:
    """A slow answer within the time allowed is an answer."""
    one.agency.switch(latency_ms=200)
    started = time.monotonic()
    result = one.send().result
    return Seen("", YES, f"{type(result).__name__} after {(time.monotonic() - started) * 1000:.0f} ms")


def _damaged(switch: str) -> Callable[[Bench], Seen]:
    def check(one: Bench) -> Seen:
        one.agency.switch(**{switch: True})
        error = _error(one)
        kept = bool(error is not None and error.wire.received)
        right = isinstance(error, NotUnderstood) and kept
        return Seen(
            "", YES if right else NO, f"{_told(error)}; the answer is {'kept' if kept else 'lost'}"[:160]
        )

    return check


def repeated(one: Bench) -> Seen:
    """The same key sends the same bytes, so that the agency can know the message again."""
    first, second = one.send(key="the-same").wire.sent, one.send(key="the-same").wire.sent
    same = first == second
    return Seen(
        "", YES if same else NO, f"{len(first)} bytes, {'the same' if same else 'not the same'} twice"
    )


def round_trip(one: Bench) -> Seen:
    """What is sent reads back as the same value."""
    changed = []
    for name, value in one.values.items():
        after = one.connection.again(one.connection.plans[name], value) if value else None
        if after is not None:
            changed += [f"{name}: {line}" for line in differences(value, after)]
    return Seen("", NO if changed else YES, "; ".join(changed)[:160] or "every sample came back as it went")


CHECKS: dict[str, Callable[[Bench], Seen]] = {
    "required fields are mapped": unmapped,
    "accepted": accepted,
    "round trip": round_trip,
    "rejected is a result": rejected,
    "contract violation found before sending": refused,
    "repeated under the same key": repeated,
    "slow": slow,
    "silent": silent,
    "closed door": closed,
    "out of order": out_of_order,
    "malformed answer": _damaged("malformed"),
    "wrong encoding": _damaged("wrong_encoding"),
    "answer of the wrong shape": _damaged("wrong_contract"),
}


def against(spec: ConnectionSpec, url: str) -> list[Seen]:
    """What can be asked of a real test system without harm: raises Misconfigured, ContractUnreadable."""
    connection = Connection(spec)
    adapter = registry.build(replace(spec, base_url=url))
    found = [*_offline(connection), _reachable(url)]
    reads = spec.settings.get("delivery", {}).get("operations", {})
    for name, value in connection.values().items():
        if reads.get(name) != "read":
            found.append(Seen(name, NONE, 'not sent: the connection does not declare it a "read"'))
            continue
        context = Context("verify", uuid.uuid4().hex, "", "verify", "integrator", "conformance")
        try:
            result = adapter.send(Request(name, value, context)).result
            found.append(Seen(name, YES, f"{type(result).__name__}"))
        except AdapterError as error:
            found.append(Seen(name, NO, _told(error)))
    return found


def _reachable(url: str) -> Seen:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80, "sftp": 22}.get(parts.scheme, 443)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return Seen("reachable", YES, f"{parts.hostname}:{port} takes connections")
    except OSError as error:
        return Seen("reachable", NO, f"{parts.hostname}:{port}: {error.strerror or error}")


def _error(one: Bench, **options: Any) -> AdapterError | None:
    try:
        one.send(**options)
    except AdapterError as error:
        return error
    return None


def _told(error: AdapterError | None) -> str:
    return "no error" if error is None else f"{type(error).__name__}: {error.message}"[:120]


def as_json(found: list[Seen]) -> str:
    """The verdicts as JSON."""
    return json.dumps(
        [{"check": one.check, "verdict": one.verdict, "evidence": one.evidence} for one in found],
        indent=2,
        ensure_ascii=False,
    )
