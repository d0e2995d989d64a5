"""The command `onestop standard export DIR`."""

import argparse
import sys
from pathlib import Path

from adapters.standard.publish import export


def main(argv: list[str]) -> int:
    """Export the standard; 0 when written, 1 when the directory cannot be written."""
    parser = argparse.ArgumentParser(prog="onestop standard", description="The common data standard.")
    commands = parser.add_subparsers(dest="command", required=True)
    exporting = commands.add_parser("export", help="write JSON Schema, JSON-LD context and reference page")
    exporting.add_argument("directory", type=Path, metavar="DIR")
    directory: Path = parser.parse_args(argv).directory
    try:
        for path in export(directory):
            print(f"wrote {path}")
    except OSError as error:
        print(f"Cannot write to {directory}: {error.strerror}", file=sys.stderr)
        return 1
    return 0
