"""The token endpoints: CPU of a code's exchange and of a call with an assertion, beside the stock library's.

The queries of an exchange are counted by a test; the forged ID tokens are those of the security cases.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.measuring import Figure
from identity.signin import claims
from identity.signin.errors import TokenForged

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, CALLS, STOCK_CALLS = 5, 20, 3
TEN_MILLISECONDS = 0.010


def measure() -> list[Figure]:
    """Call the three endpoints in turn."""
    names = ("stock", "eid", "portal")
    taken: dict[str, list[float]] = {}
    with ExitStack() as stack:
        endpoints = {name: stack.enter_context(_endpoint(name)) for name in names}
        for _ in range(ROUNDS + 1):  # the first warms up
            for name, call, count in (
                ("eid", "sign", CALLS),
                ("eid", "code", CALLS),
                ("portal", "client", CALLS),
                ("stock", "code", STOCK_CALLS),
                ("stock", "client", STOCK_CALLS),
            ):
                taken.setdefault(f"{name} {call}", []).append(_ask(endpoints[name], f"{call} {count}"))
    rounds = {name: times[1:] for name, times in taken.items()}
    code, assertion = rounds["eid code"], rounds["portal client"]
    ten = [TEN_MILLISECONDS] * ROUNDS
    return [
        _figure("e-ID: code exchange", code, rounds["stock code"], "stock django-oauth-toolkit", 0.1),
        _figure("e-ID: code exchange, in signatures", code, rounds["eid sign"], "one ES256 signature", None),
        _figure("token by assertion", assertion, rounds["stock client"], "the stock hashed secret", 0.05),
        _figure("token by assertion, against the clock", assertion, ten, "10 ms of CPU", 1.0),
        _forged(),
    ]


def _figure(name: str, ours: list[float], theirs: list[float], against: str, goal: float | None) -> Figure:
    ratio = statistics.median(mine / yours for mine, yours in zip(ours, theirs, strict=True))
    return Figure(name, ratio, goal, statistics.median(ours) * 1e6, statistics.median(theirs) * 1e6, against)


def _forged() -> Figure:
    """How many of the 22 forged ID tokens the portal takes for good."""
    from tests.identity.test_claims import EXPECTED, FORGED, KEYS

    taken = 0
    for _, forge in FORGED.values():
        try:
            claims.check(forge(), KEYS, EXPECTED)
        except TokenForged:
            continue
        taken += 1
    return Figure("forged ID tokens accepted", float(taken), 0.0, 0.0, 0.0, f"of {len(FORGED)}")


@contextmanager
def _endpoint(kind: str) -> "Iterator[subprocess.Popen[str]]":
    with tempfile.TemporaryDirectory(prefix="onestop-bench-") as folder:
        command = [sys.executable, "-m", "bench.token_calls", kind, folder]
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def _ask(process: "subprocess.Popen[str]", line: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    said = process.stdout.readline()
    if not said:
        raise RuntimeError(f"the endpoint ended at {line!r}")
    return float(said)
