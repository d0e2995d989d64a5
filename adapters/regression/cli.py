"""`onestop exchange`: list what was said, and make regression tests of it with personal data replaced."""

import argparse
import secrets
import sys
import uuid
from pathlib import Path

from adapters.models import Exchange
from adapters.regression.making import Made, NotMade, make


def main(argv: list[str]) -> int:
    """Run the command; 2 where an exchange does not exist or cannot become a test."""
    options = _parser().parse_args(argv)
    result: int = options.run(options)
    return result


def _list(options: argparse.Namespace) -> int:
    found = Exchange.objects.for_case(options.case) if options.case else Exchange.objects.recent()
    if options.connection:
        found = found.filter(connection=options.connection)
    rows = list(found[: options.limit])
    for row in rows if options.case else reversed(rows):
        towards = "->" if row.direction == Exchange.Direction.OUT else "<-"
        call = f"{row.connection}.{row.operation}"
        print(f"{row.public_id}  {row.started_at:%Y-%m-%d %H:%M:%S}  {towards} {call:<34} {row.state}")
    return 0


def _to_test(options: argparse.Namespace) -> int:
    """Make each; those of one run have the same stand-in for the same person."""
    key, failed = secrets.token_bytes(32), False
    rows, unknown = _rows(options)
    for name in unknown:
        print(f"there is no exchange {name}", file=sys.stderr)
    for row in rows:
        try:
            made = make(row, options.out, keep=frozenset(options.keep), key=key)
        except NotMade as error:
            print(f"{row.connection}.{row.operation} {row.public_id}: {error}", file=sys.stderr)
            failed = True
            continue
        _report(made)
    if rows and not (failed and len(rows) == 1):
        print("Read the data before you keep it: what the connection's own files say too is kept as it was.")
    return 2 if failed or unknown or not rows else 0


def _rows(options: argparse.Namespace) -> tuple[list[Exchange], list[str]]:
    """The exchanges that are named, and the names of those that do not exist."""
    found, unknown = [], []
    for name in options.id:
        try:
            found.append(Exchange.objects.get(public_id=uuid.UUID(name)))
        except (ValueError, Exchange.DoesNotExist):
            unknown.append(name)
    if options.case:
        found += Exchange.objects.for_case(options.case)
    if not found and not unknown:
        unknown = [f"of the case {options.case}" if options.case else "named: say identifiers, or --case"]
    return found, unknown


def _report(made: Made) -> None:
    print(f"wrote {made.test}\nwrote {made.data}")
    for name, kind in sorted(made.replaced.items()):
        print(f"  replaced {name or 'text'} ({kind})")
    print(f"  kept     {', '.join(sorted(one or 'text' for one in made.kept)) or 'nothing'}")
    for note in made.notes:
        print(f"  note     {note}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop exchange", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    to_test = commands.add_parser("to-test", help="write regression tests of exchanges")
    to_test.add_argument("id", nargs="*", help="identifiers, as the exchange log and the list show them")
    to_test.add_argument("--case", default="", metavar="REFERENCE", help="all exchanges of a case")
    to_test.add_argument("--out", type=Path, default=Path("tests/recorded"), help="where the files go")
    to_test.add_argument(
        "--keep", action="append", default=[], metavar="FIELD", help="a field whose values are nobody's"
    )
    to_test.set_defaults(run=_to_test)
    listed = commands.add_parser("list", help="list exchanges, the newest last")
    listed.add_argument("--case", default="", metavar="REFERENCE", help="of one case")
    listed.add_argument("--connection", default="", metavar="KEY", help="of one connection")
    listed.add_argument("--limit", type=int, default=50, help="at most so many (50)")
    listed.set_defaults(run=_list)
    return parser
