"""`onestop audit`: verify the record, seal what waits, show the public key of its signatures."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from django.utils import timezone

from identity.record import anchors, batches, signing, verifying


def main(arguments: list[str]) -> int:
    """Return 0 where the record is whole, 1 where it is not, 2 where nothing could be said."""
    parser = argparse.ArgumentParser(
        prog="onestop audit", description="The record of who did what with whose data."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("verify", help="recompute every digest, signature and link")
    check.add_argument("--anchors", type=Path, help="another copy of the anchor file", metavar="FILE")
    check.add_argument("--json", action="store_true", help="as JSON")
    actions.add_parser("seal", help="seal what waits now; the worker does so by itself")
    actions.add_parser("key", help="print the public key of the signatures, in hex")
    options = parser.parse_args(arguments)
    if options.action == "key":
        print(signing.public_key())
        return 0
    if options.action == "seal":
        print(f"sealed {batches.seal(timezone.now())} entries; anchors in {anchors.path()}")
        return 0
    if options.anchors is not None and not options.anchors.exists():
        print(f"there is no {options.anchors}: name the copy of the anchor file")
        return 2
    return _verify(options.anchors, as_json=options.json)


def _verify(anchor_file: Path | None, *, as_json: bool) -> int:
    found = verifying.verify(timezone.now(), anchor_file)
    if as_json:
        print(json.dumps(asdict(found), indent=1))
        return 1 if found.complaints else 0
    for complaint in found.complaints:
        print(complaint)
    print(
        f"{found.entries} entries in {found.batches} batches, {found.anchored} of them anchored, "
        f"{found.waiting} entries wait to be sealed: {'NOT WHOLE' if found.complaints else 'whole'}"
    )
    return 1 if found.complaints else 0
