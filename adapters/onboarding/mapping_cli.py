"""The command `onestop mapping`: propose a mapping for a contract, or check a connection's."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from adapters.contracts.access import Access
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import AdapterError
from adapters.onboarding import check, mapping_text, operations
from adapters.onboarding.adapter_cli import find
from adapters.onboarding.new import root_of
from adapters.onboarding.suggest import Proposal, propose


def main(argv: list[str]) -> int:
    """0 when done, 1 when a mapping has errors, 2 when the input cannot be used."""
    options = _parser().parse_args(argv)
    try:
        code: int = options.run(options)
        return code
    except (ContractUnreadable, AdapterError) as error:
        print(error, file=sys.stderr)
        return 2


def _suggest(options: argparse.Namespace) -> int:
    contract = operations.read(options.source, Access(options.root or root_of(options.source)))
    described = contract.operations.get(options.operation)
    if described is None:
        known = ", ".join(contract.operations)
        print(f"the contract has no operation {options.operation!r}; it has {known}", file=sys.stderr)
        return 2
    if options.toml:
        print(mapping_text.write(contract, [options.operation]))
        return 0
    parts = {
        "request": propose(described.request()),
        "reply": propose(described.reply(), is_reply=True),
    }
    if options.json:
        shown = {name: [asdict(one) for one in proposals] for name, proposals in parts.items()}
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return 0
    for name, proposals in parts.items():
        print(f"{options.operation} {name}")
        for one in proposals:
            print(f"  {one.verdict:<8} {_line(one)}")
    return 0


def _line(one: Proposal) -> str:
    needed = " (required)" if one.place.required else ""
    goes = f" = {one.canonical}" if one.canonical else ""
    through = f" through codes.{one.codes}" if one.codes else ""
    return f"{one.place.path}{needed}{goes}{through}: {one.reason}"


def _check(options: argparse.Namespace) -> int:
    report = check.check(find(options.connection))
    if options.json:
        print(json.dumps(asdict(report), indent=2, ensure_ascii=False))
    else:
        for one in report.findings:
            print(f"{one.level:<8} {one.where}: {one.message}")
        for trip in report.round_trips:
            print(trip)
        print(f"{report.errors} errors, {len(report.findings) - report.errors} warnings")
    return 1 if report.errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop mapping", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    suggesting = commands.add_parser("suggest", help="propose matches by name, type and meaning")
    suggesting.add_argument("source", type=Path, help="a WSDL, XSD, OpenAPI document or record layout")
    suggesting.add_argument("operation")
    suggesting.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    form = suggesting.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--toml", action="store_true", help="print a mapping.toml, ready to edit")
    suggesting.set_defaults(run=_suggest)
    checking = commands.add_parser("check", help="list what is unmapped, lossy or dead")
    checking.add_argument("connection", help="a connection's key or folder")
    checking.add_argument("--json", action="store_true")
    checking.set_defaults(run=_check)
    return parser
