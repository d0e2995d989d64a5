"""`onestop contract inspect SOURCE`: what a contract asks for, or why it cannot be read."""

import argparse
import json
import os
import sys
from pathlib import Path

from adapters.contracts.violation import ContractUnreadable
from adapters.inspection.listing import listing
from adapters.inspection.text import lines
from adapters.samples.source import read
from adapters.xsd.components import NotCompiled

HINT = "Nothing was read. Mend the file at that place, or ask the agency for a contract that is whole."


def main(argv: list[str]) -> int:
    """Run the command; 2 where the contract cannot be read or has no such operation."""
    options = _parser().parse_args(argv)
    try:
        source = read(options.source, options.root, fetch=options.fetch, allow_private=options.allow_private)
        found = listing(str(options.source), source, options.operation, everything=options.all)
    except (ContractUnreadable, NotCompiled) as error:
        print(f"refused: {error}", file=sys.stderr)
        print(HINT, file=sys.stderr)
        return 2
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    try:
        if options.json:
            print(json.dumps(found.as_json(), indent=1, ensure_ascii=False), flush=True)
        else:
            print("\n".join(lines(found)), flush=True)
    except BrokenPipeError:  # the reader, head or a pager, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop contract inspect", description=__doc__)
    parser.add_argument(
        "source", help="a WSDL, XSD, OpenAPI document or record layout; with --fetch an address"
    )
    parser.add_argument("operation", nargs="*", help="list these only (default: all)")
    parser.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    parser.add_argument("--all", action="store_true", help="list optional fields too")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--fetch", action="store_true", help="read what the contract refers to on the web")
    parser.add_argument(
        "--allow-private", action="store_true", help="with --fetch: SOURCE may be on a private network"
    )
    return parser
