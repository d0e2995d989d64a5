"""`onestop adapter verify`: the conformance checks of a connection, and their report.

The agency is a simulator made from the connection's own contract, on loopback. Against a real test system
only what harms nobody is done: the connection is opened, and operations that it declares as reads go.
"""

import json
import socket
import textwrap
import uuid
from dataclasses import asdict, replace
from urllib.parse import urlsplit

from adapters import registry
from adapters.conformance import checks
from adapters.conformance.simulated import closed, without_agency
from adapters.conformance.simulated import simulated as simulated_bench
from adapters.conformance.verdicts import NO, NONE, YES, Seen
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError
from adapters.onboarding.sampling import SAMPLES, Connection
from adapters.ports import Context, Request
from adapters.simulator.simulated import NotSimulated

WIDTH = 118  # characters of a line of the report


def simulated(spec: ConnectionSpec) -> list[Seen]:
    """Every check against a simulator; raises Misconfigured, ContractUnreadable."""
    found = _offline(Connection(spec))
    try:
        with simulated_bench(spec) as one:
            if not one.values:
                return found
            return found + checks.run_all(one)
    except NotSimulated as error:
        found.append(Seen("simulated agency", NONE, str(error)))
    with closed(spec) as one:
        return found + [checks.run(name, one) for name in without_agency(spec) if one.values]


def _offline(connection: Connection) -> list[Seen]:
    """What needs no agency: everything compiles, and every operation has a sample."""
    values = connection.values()
    empty = [name for name, value in values.items() if not connection.is_sendable(name, value)]
    lacking = (
        f"none for {', '.join(empty)}: code lists that are still empty are filled in mapping.toml, "
        f"or a value is written into {SAMPLES}"
    )
    operations = f"{len(connection.plans)} operations: {', '.join(connection.plans)}"
    return [
        Seen("contract and mapping compile", YES, operations),
        Seen("operations have a sample value", NO if empty else YES, lacking if empty else "each has one"),
    ]


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
            found.append(Seen(name, YES, type(result).__name__))
        except AdapterError as error:
            found.append(Seen(name, NO, f"{type(error).__name__}: {error.message}"))
    return found


def _reachable(url: str) -> Seen:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80, "sftp": 22}.get(parts.scheme, 443)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return Seen("reachable", YES, f"{parts.hostname}:{port} takes connections")
    except OSError as error:
        return Seen("reachable", NO, f"{parts.hostname}:{port}: {error.strerror or error}")


def as_text(found: list[Seen]) -> str:
    """The report: a check a line, longer evidence below, and the sum."""
    width = max(len(one.check) for one in found)
    lines = []
    for one in found:
        start = f"{one.verdict:<4} {one.check:<{width}}  "
        wrapped = [
            textwrap.wrap(line, WIDTH - len(start), subsequent_indent="  ")
            for line in one.evidence.split("\n")
        ]
        evidence = [line for part in wrapped for line in part] or ["-"]
        lines.append(start + f"\n{' ' * len(start)}".join(evidence))
    sums = {verdict: sum(one.verdict == verdict for one in found) for verdict in (YES, NO, NONE)}
    return "\n".join([*lines, f"{sums[YES]} yes, {sums[NO]} no, {sums[NONE]} not applicable"])


def as_json(found: list[Seen]) -> str:
    """The verdicts as JSON."""
    return json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False)
