"""`onestop case`: look at a case, hold it, let it go on, end it, have a step done again, move it."""

import argparse
import getpass
import json
from collections.abc import Callable

from django.utils import timezone

from workflows.engine.migration import CannotMove, Plan, as_json
from workflows.engine.repeating import CannotRepeat
from workflows.models import Case, CaseEvent, Inbox, ServiceVersion, Task
from workflows.references import normalised
from workflows.services import controls
from workflows.services.errors import NotPossible
from workflows.services.events import take


def main(arguments: list[str]) -> int:
    """Run a command; 0 where it was done, 1 where it is not possible, 2 where there is no such case."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (NotPossible, CannotRepeat, CannotMove) as error:
        print(f"not possible: {error}")
        return 1
    except (Case.DoesNotExist, ServiceVersion.DoesNotExist) as error:
        print(f"not found: {error}")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop case", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, line: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=line)
        one.set_defaults(run=run)
        return one

    command("show", "where a case is, what it waits for, who did what", _show).add_argument("reference")
    for name, line in (("pause", "hold a case"), ("resume", "let it go on"), ("cancel", "end it, undoing")):
        one = command(name, line, _steer)
        one.add_argument("reference")
        one.add_argument("--reason", required=True)
        one.set_defaults(verb=name)
        if name == "cancel":
            one.add_argument("--keep", action="store_true", help="take nothing back")
    one = command("repeat", "go on from a step that was reached before", _repeat)
    one.add_argument("reference")
    one.add_argument("step")
    one.add_argument("--version", type=int, help="on this version of the service")
    _changing(one)
    one = command("migrate", "move open cases to another version; --preview changes nothing", _migrate)
    one.add_argument("service")
    one.add_argument("version", type=int)
    one.add_argument("--case", dest="reference", help="this case alone")
    one.add_argument("--preview", action="store_true")
    one.add_argument("--json", action="store_true")
    _changing(one)
    one = command("events", "events that no case could begin with; --again tries once more", _events)
    one.add_argument("--again", action="store_true")
    return parser


def _changing(one: argparse.ArgumentParser) -> None:
    one.add_argument("--reason", default="")
    one.add_argument(
        "--instead", action="append", default=[], metavar="OLD=NEW", help="for a step that is gone"
    )


def _actor() -> str:
    return f"operator:{getpass.getuser()}"


def _case(typed: str) -> Case:
    cases = Case.objects.select_related("service_version")
    return cases.get(reference=normalised(typed) or typed)


def _show(options: argparse.Namespace) -> None:
    case = _case(options.reference)
    held = f", on hold since {case.paused_at:%Y-%m-%d %H:%M}" if case.paused_at else ""
    print(f"{case.reference}  {case.service_version}  {case.get_status_display()}{held}")
    for token, wait in case.state.get("waiting", {}).items():
        since = case.state["steps"].get(token, {}).get("at", "")
        print(f"  waits at {token} ({wait['kind']}) since {since[:16]}")
    for task in Task.objects.open().filter(case=case):
        print(f"  asks {task.unit}: {task.kind}: {task.question}")
    for event in CaseEvent.objects.filter(case=case).order_by("seq"):
        why = event.data.get("reason") or event.data.get("cause") or ""
        told = f"{event.created_at:%Y-%m-%d %H:%M}  {event.actor:<20} {event.kind:<16} {event.token} {why}"
        print(f"  {told.rstrip()}")


def _steer(options: argparse.Namespace) -> None:
    told = {"case": _case(options.reference), "actor": _actor(), "reason": options.reason}
    if options.verb == "cancel":
        case = controls.cancel(**told, now=timezone.now(), compensate=not options.keep)
    else:
        case = getattr(controls, options.verb)(**told, now=timezone.now())
    print(f"{case.reference}: {options.verb} done; {case.get_status_display()}")


def _repeat(options: argparse.Namespace) -> None:
    case = _case(options.reference)
    version = None
    if options.version is not None:
        version = ServiceVersion.objects.get(service=case.service_version.service, version=options.version)
    else:
        found = controls.preview_repeat(case, options.step)
        if found.again:
            print(f"agencies are told again: {', '.join(found.again)}")
    told = {"actor": _actor(), "reason": options.reason, "now": timezone.now()}
    controls.repeat(case=case, step=options.step, version=version, instead=_instead(options), **told)
    print(f"{case.reference}: goes on from {options.step}")


def _migrate(options: argparse.Namespace) -> None:
    version = ServiceVersion.objects.get(service=options.service, version=options.version)
    only = _case(options.reference).pk if options.reference else None
    found = [row for row in controls.preview(version, _instead(options)) if only in (None, row[0].pk)]
    if options.preview and options.json:
        print(json.dumps({case.reference: as_json(plan) for case, plan in found}, indent=1))
        return
    for case, plan in found:
        _tell(case, plan)
        if not options.preview and not plan.impossible:
            told = {"actor": _actor(), "reason": options.reason, "now": timezone.now()}
            controls.migrate(case=case, version=version, instead=_instead(options), **told)
    possible = sum(not plan.impossible for _, plan in found)
    print(f"{len(found)} cases, {possible} {'can move' if options.preview else 'moved'} to {version}")


def _tell(case: Case, plan: Plan) -> None:
    print(f"{case.reference}  {case.service_version}")
    for move in plan.moves:
        how = f"begins anew at {move.to}" if move.anew else "goes on"
        print(f"    {move.step}: {how}")
    for step, why in plan.impossible:
        print(f"    {step or 'case'}: impossible: {why}")
    for note in plan.notes:
        print(f"    {note}")


def _events(options: argparse.Namespace) -> None:
    for message in Inbox.objects.filter(outcome=Inbox.Outcome.FAILED).order_by("pk"):
        print(f"{message.agency} {message.message_id}: {message.message.get('problem', '')}")
        if options.again:
            print(f"    taken again: {take(message, timezone.now())}")


def _instead(options: argparse.Namespace) -> dict[str, str]:
    pairs = [one.partition("=") for one in options.instead]
    return {old: new for old, _, new in pairs}
