"""`onestop connection check [KEY ...|--all] [--json]`: look at connections now and say what was found."""

import argparse
import json
from typing import Any

from django.utils import timezone

from adapters.health.checking import check
from adapters.models import Connection, ConnectionCheck
from workflows.health.affected import affected


def main(arguments: list[str]) -> int:
    """Check; 0 where all is in order, 1 where something is not, 2 where there is no such connection."""
    options = _parser().parse_args(arguments)
    known = list(Connection.objects.values_list("key", flat=True))
    keys = options.keys or known
    strangers = [key for key in keys if key not in known]
    if strangers:
        there = ", ".join(known) or "none: run onestop seed"
        print(f"there is no connection {strangers[0]!r}; there are {there}")
        return 2
    rows = [check(key) for key in keys]
    if options.json:
        print(json.dumps([as_json(row) for row in rows], indent=1))
    else:
        for row in rows:
            print("\n".join(_lines(row)))
    return 0 if all(row.state == ConnectionCheck.State.OK for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop connection", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("check", help="reachability, credentials, certificate, contract")
    one.add_argument("keys", nargs="*", metavar="KEY", help="which connections; all where none is named")
    one.add_argument("--all", action="store_true", help="all connections")
    one.add_argument("--json", action="store_true", help="for programs")
    return parser


def as_json(row: ConnectionCheck) -> dict[str, Any]:
    """A check for programs."""
    end = row.certificate_expires_at
    return {
        **{"connection": row.connection, "state": row.state, "since": row.since.isoformat()},
        **{"checkedAt": row.checked_at.isoformat(), "reachable": row.is_reachable},
        **{"milliseconds": row.milliseconds, "credentials": row.credentials},
        **{"certificateExpiresAt": end.isoformat() if end else None, "contract": row.contract},
        **{"changes": row.changes, "findings": row.findings, "affectedServices": affected(row)},
    }


def _lines(row: ConnectionCheck) -> list[str]:
    since = f"{timezone.localtime(row.since):%Y-%m-%d %H:%M}"
    facts = [f"{row.connection:<12} {row.state:<9} since {since}"]
    if row.milliseconds is not None:
        facts.append(f"{row.milliseconds} ms")
    facts += [f"credentials {row.credentials}", f"contract {row.contract}"]
    if row.certificate_expires_at:
        facts.append(f"certificate until {row.certificate_expires_at:%Y-%m-%d}")
    lines = [", ".join(facts), *(f"    {finding}" for finding in row.findings)]
    lines += [f"    {'BREAKS ' if one['breaking'] else ''}{change_line(one)}" for one in row.changes]
    touched = affected(row)
    return [*lines, f"    services affected: {', '.join(touched)}"] if touched else lines


def change_line(change: dict[str, Any]) -> str:
    """One change in words: what, where, and from what to what."""
    place = ".".join(filter(None, [change["operation"], change["place"]]))
    text = f"{change['kind'].replace('-', ' ')}: {' '.join(filter(None, [place, change['field']]))}"
    if change["before"] or change["after"]:
        text += f" ({' -> '.join(filter(None, [change['before'], change['after']]))})"
    return text
