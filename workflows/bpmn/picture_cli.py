"""`onestop service picture`: draw a service, or tell it in words."""

import argparse
import sys
from pathlib import Path
from typing import Any

from workflows.bpmn.building import flow_of
from workflows.bpmn.drawing import picture
from workflows.bpmn.telling import as_text, tell
from workflows.definitions.checking import DefinitionRefused
from workflows.definitions.loading import read, shipped

JSON = dict[str, Any]


class NoSuchService(Exception):
    """Neither a file nor a service that comes with the project. Final: name another."""


def add_commands(commands: Any) -> None:
    """Add the command to those of `onestop service`."""
    one = commands.add_parser("picture", help="draw a definition as SVG, or tell it in words")
    one.add_argument("source", metavar="FILE|SERVICE")
    one.add_argument("--text", action="store_true", help="the steps as a numbered list instead")
    one.add_argument("--output", type=Path, metavar="FILE", help="write there instead of printing")
    one.set_defaults(run=run_picture)


def run_picture(options: argparse.Namespace) -> int:
    """Draw one definition; 1 where it is not in order, 2 where it cannot be read."""
    try:
        flow = flow_of(found(options.source))
        body = as_text(tell(flow)) if options.text else picture(flow)
        if options.output is None:
            print(body)
        else:
            options.output.write_text(body + "\n", encoding="utf-8")
    except DefinitionRefused as refused:
        for problem in refused.problems:
            print(f"{options.source}: {problem}", file=sys.stderr)
        return 1
    except (NoSuchService, OSError) as error:
        print(f"{error}", file=sys.stderr)
        return 2
    return 0


def found(source: str) -> JSON:
    """The definition in a file, or the newest shipped one of a service."""
    path = Path(source)
    if path.suffix == ".json" or path.exists():
        return read(path)
    versions = [one for one in shipped() if one["service"] == source]
    if not versions:
        known = ", ".join(sorted({one["service"] for one in shipped()}))
        raise NoSuchService(f"there is no file and no service {source!r}; services are {known}")
    return versions[-1]
