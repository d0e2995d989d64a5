"""`onestop keys`: show the e-ID provider's signing keys, or rotate them while everything runs."""

import argparse
from datetime import UTC, datetime

from identity.provider import key_ring


def main(arguments: list[str]) -> int:
    """Show or rotate; return the exit code."""
    parser = argparse.ArgumentParser(prog="onestop keys", description="The e-ID provider's signing keys.")
    parser.add_argument("action", choices=["show", "rotate"], nargs="?", default="show")
    options = parser.parse_args(arguments)
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
