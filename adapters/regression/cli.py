"""`onestop exchange to-test ID`: a recorded exchange as a regression test, with personal data replaced."""

import argparse
import sys
import uuid
from pathlib import Path

from adapters.models import Exchange
from adapters.regression.making import Made, NotMade, make


def main(argv: list[str]) -> int:
    """Run the command; 2 where there is no such exchange or it cannot become a test."""
    options = _parser().parse_args(argv)
    try:
        row = Exchange.objects.get(public_id=uuid.UUID(options.id))
    except (ValueError, Exchange.DoesNotExist):
        print(f"there is no exchange {options.id}", file=sys.stderr)
        return 2
    try:
        made = make(row, options.out, keep=frozenset(options.keep))
    except NotMade as error:
        print(error, file=sys.stderr)
        return 2
    _report(made)
    return 0


def _report(made: Made) -> None:
    print(f"wrote {made.test}\nwrote {made.data}")
    for name, kind in sorted(made.replaced.items()):
        print(f"  replaced {name or 'text'} ({kind})")
    print(f"  kept     {', '.join(sorted(one or 'text' for one in made.kept)) or 'nothing'}")
    for note in made.notes:
        print(f"  note     {note}")
    print("Read the data before you keep it: what the connection's own files say too is kept as it was.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop exchange", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    to_test = commands.add_parser("to-test", help="write a regression test of an exchange")
    to_test.add_argument("id", help="the exchange's identifier, as the exchange log shows it")
    to_test.add_argument("--out", type=Path, default=Path("tests/recorded"), help="where the two files go")
    to_test.add_argument(
        "--keep", action="append", default=[], metavar="FIELD", help="a field whose values are nobody's"
    )
    return parser
