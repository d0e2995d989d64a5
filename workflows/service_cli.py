"""`onestop service`: look at definitions before they are published, rehearse them, draw them."""

import argparse
import json
import sys
from pathlib import Path

from workflows.bpmn import picture_cli
from workflows.definitions.checking import DefinitionRefused, review
from workflows.definitions.document import schema
from workflows.definitions.loading import parsed
from workflows.known import here
from workflows.rehearsal import cli


def main(arguments: list[str]) -> int:
    """Run a command; 0 where all is well, 1 where something is wrong, 2 where a file cannot be read."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop service", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("check", help="say what is wrong with definitions, step by step")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE")
    one.add_argument("--alone", action="store_true", help="do not look up agencies, units and texts")
    one.set_defaults(run=_check)
    cli.add_commands(commands)
    picture_cli.add_commands(commands)
    one = commands.add_parser("schema", help="print the JSON Schema of definitions")
    one.set_defaults(run=_schema)
    return parser


def _check(options: argparse.Namespace) -> int:
    known = None if options.alone else here()
    worst = 0
    for path in options.files:
        try:
            problems = review(parsed(path), known)
        except DefinitionRefused as error:
            problems = error.problems
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)
            worst = 2
            continue
        errors = sum(problem.level == "error" for problem in problems)
        for problem in problems:
            print(f"{path}: {problem.level}: {problem}")
        print(f"{path}: {errors} errors, {len(problems) - errors} warnings")
        worst = max(worst, 1 if errors else 0)
    return worst


def _schema(_options: argparse.Namespace) -> int:
    print(json.dumps(schema(), indent=1, ensure_ascii=False))
    return 0
