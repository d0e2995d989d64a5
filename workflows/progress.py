"""What a case's pages show: a line for each agency, one timeline, and how many are done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.dateparse import parse_datetime

from adapters import outages
from adapters.delivery import gate
from adapters.models import Connection
from workflows.models import Case, CaseEvent, Job

State = Literal["waiting", "sending", "retrying", "received", "done", "refused", "person", "skipped"]
# The first of these that any step of a line has is the line's state.
URGENCY: tuple[State, ...] = ("person", "retrying", "refused", "sending", "received", "waiting", "done")
RETRYING = {
    **{"Unavailable": "no-answer", "Held": "no-answer", "OutcomeUnknown": "outcome-unknown"},
    **{"NotUnderstood": "not-understood", "retry": "asked-to-wait"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One agency: where it is, its own number for it, and since when. ``detail`` is a key of a sentence."""

    id: str
    connection: str
    agency: str
    state: State
    reference: str = ""
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline. ``text`` is an English message to be translated."""

    at: datetime
    kind: str
    text: str
    actor: str
    connection: str
    agency: str
    data: dict[str, Any]


def lines(case: Case) -> list[Line]:
    """A line for each agency the case concerns, in the order of the definition."""
    wanted = _wanted(case)
    names = _names({key for _, key in wanted})
    jobs = _troubled_jobs(case)
    silent: dict[str, datetime] = outages.since_each({job.lane for job in jobs.values()}) if jobs else {}
    return [_line(case, line, key, names.get(key, key), jobs, silent) for line, key in wanted]


def summary(case: Case) -> tuple[int, int]:
    """How many agencies are done, of how many. Asks the database nothing: lists of cases show it."""
    wanted = _wanted(case)
    states = ([step["state"] for step in _steps(case, line).values()] for line, _ in wanted)
    return sum(_line_state(case, found) == "done" for found in states), len(wanted)


def timeline(case: Case) -> list[Entry]:
    """Everything that happened, oldest first."""
    events = list(CaseEvent.objects.filter(case=case).exclude(kind="read").order_by("seq"))
    names = _names({str(event.data.get("connection", "")) for event in events})
    return [_entry(event, names) for event in events]


def _wanted(case: Case) -> list[tuple[dict[str, Any], str]]:
    """The definition's lines that concern this case, each with the key of its connection."""
    definition = case.service_version.definition
    scope = case.state.get("data", {})
    wanted: list[tuple[dict[str, Any], str]] = []
    for line in definition.document.get("lines", []):
        if "when" in line and definition.compiled(line["when"])(scope) is not True:
            continue
        key = line["connection"]
        key = definition.compiled(key[1:])(scope) if key.startswith("=") else key
        wanted.append((line, str(key or "")))
    return wanted


def _steps(case: Case, line: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The steps of a line that count, by token."""
    return {
        token: step
        for token, step in case.state.get("steps", {}).items()
        if step.get("step") in line["steps"] and step["state"] not in ("replaced", "skipped")
    }


def _entry(event: CaseEvent, names: dict[str, str]) -> Entry:
    connection = event.data.get("connection", "")
    agency = names.get(connection, connection)
    return Entry(event.created_at, event.kind, event.text, event.actor, connection, agency, event.data)


def _names(keys: set[str]) -> dict[str, str]:
    rows = Connection.objects.filter(key__in=keys - {""})
    return {row.key: row.name for row in rows.only("key", "name")}


def _troubled_jobs(case: Case) -> dict[str, Job]:
    """Unfinished calls that failed at least once or whose agency does not answer anybody, by token."""
    unfinished = Job.objects.filter(case=case, kind__in=(Job.Kind.CALL, Job.Kind.CHECK))
    jobs = list(unfinished.exclude(state=Job.State.DONE).order_by("id"))
    silent = gate.silent({job.lane for job in jobs}) if jobs else set()
    return {job.token: job for job in jobs if job.failures or job.lane in silent}


def _line(
    case: Case, line: dict[str, Any], key: str, name: str, jobs: dict[str, Job], silent: dict[str, datetime]
) -> Line:
    steps = _steps(case, line)
    states = {token: _step_state(token, step, jobs) for token, step in steps.items()}
    state = _line_state(case, list(states.values()))
    shown = {token: step for token, step in steps.items() if states[token] == state}
    nothing: tuple[str, dict[str, Any]] = ("", {})
    token, step = max(shown.items(), key=lambda item: str(item[1]["at"]), default=nothing)
    reference = next((step["reference"] for step in steps.values() if step.get("reference")), "")
    job = jobs.get(token)
    since = parse_datetime(step["at"]) if step else None
    detail = str(step.get("code", ""))
    if job is not None and state in ("retrying", "person"):
        since = silent.get(job.lane, since)
        detail = RETRYING.get(job.error_kind or "Held", "fault")
    return Line(line["id"], key, name, state, str(reference), since, detail)


def _step_state(token: str, step: dict[str, Any], jobs: dict[str, Job]) -> State:
    state: State = step["state"]
    if token not in jobs or state in ("done", "refused", "person"):
        return state
    return "person" if jobs[token].state == Job.State.DEAD else "retrying"


def _line_state(case: Case, states: list[State]) -> State:
    if not states:
        begun = bool(case.state.get("steps"))
        return "skipped" if case.is_ended and begun else "waiting"
    if case.status == Case.Status.REFUSED:
        return "refused"
    return next(state for state in URGENCY if state in states)
