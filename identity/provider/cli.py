"""`onestop keys`: the e-ID provider's signing keys, shown or rotated; and sealing anew, in either role."""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from identity import browser_sessions
from identity.provider import key_ring
from onestop.lib.resealing import columns, reseal
from onestop.lib.sealing import SealBroken


def main(arguments: list[str]) -> int:
    """Show or rotate; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="onestop keys", description="Keys of the e-ID and of this database."
    )
    parser.add_argument(
        "action",
        choices=["show", "rotate", "reseal"],
        nargs="?",
        default="show",
        help="show or rotate the e-ID's signing keys; reseal encrypts the database under the newest key",
    )
    options = parser.parse_args(arguments)
    if options.action == "reseal":
        return _reseal()
    where = key_ring.path()
    if options.action == "rotate":
        ring = key_ring.rotate(where, datetime.now(UTC))
    else:
        key_ring.ensure(where)
        ring = key_ring.read(where)
    print(f"{where}")
    for one in sorted(ring.keys, key=lambda one: (one.algorithm, one.since)):
        print(f"{one.algorithm:<6} {one.state:<8} since {one.since:%Y-%m-%d %H:%M}Z  {one.kid}")
    return 0


def _reseal() -> int:
    """Seal every column anew under the first of ``ONESTOP_SEALING_KEYS``; 1 where a value does not open."""
    count, broken = 0, 0
    for name, again in _work():
        try:
            done = again()
        except SealBroken:
            broken += 1
            print(f"{name}: a value is sealed under a key that ONESTOP_SEALING_KEYS does not list; add it")
            continue
        count += done
        if done:
            print(f"{done:>8}  {name}")
    print(f"{count:>8}  sealed anew" + ("" if broken else "; keys after the first can be removed"))
    return 1 if broken else 0


def _work() -> Iterator[tuple[str, Callable[[], int]]]:
    for model, one in columns():
        yield f"{model._meta.label}.{one.attname}", partial(reseal, model, one)
    yield "sessions", browser_sessions.reseal
