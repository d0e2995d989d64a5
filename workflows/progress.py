"""What a case's pages show: a line for each agency, one timeline, and how many are done."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.utils.dateparse import parse_datetime

from adapters import outages
from adapters.delivery import gate
from adapters.models import Connection
from workflows.models import Case, CaseEvent, Job

JSON = dict[str, Any]
Steps = dict[str, JSON]
State = Literal[
    "waiting", "sending", "retrying", "received", "done", "refused", "person", "skipped", "withdrawn"
]
# The first of these that any step of a line has is the line's state.
URGENCY: tuple[State, ...] = ("person", "retrying", "refused", "sending", "received", "waiting", "done")
UNCOUNTED = ("replaced", "skipped", "undone")  # what a step did that does not count any more
RETRYING = {
    **{"Unavailable": "no-answer", "Held": "no-answer", "OutcomeUnknown": "outcome-unknown"},
    **{"NotUnderstood": "not-understood", "retry": "asked-to-wait"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One agency: where it is, its own number for it, and since when. ``detail`` is a key of a sentence.

    ``is_told`` is False for a register that is only asked something: it is shown while it does not answer,
    and is not counted among the agencies told.
    """

    id: str
    connection: str
    agency: str
    state: State
    reference: str = ""
    since: datetime | None = None
    detail: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline. ``text`` is an English message to be translated."""

    at: datetime
    kind: str
    text: str
    actor: str
    connection: str
    agency: str
    data: JSON


def lines(case: Case) -> list[Line]:
    """A line for each agency the case concerns, in the order of the definition, then registers in trouble."""
    wanted = _wanted(case)
    jobs = _troubled_jobs(case)
    asked = _asked(case, wanted, jobs)
    only_asked = sorted({jobs[token].lane for token in asked} - {key for _, key in wanted})
    names = _names({key for _, key in wanted} | set(only_asked))
    silent: dict[str, datetime] = outages.since_each({job.lane for job in jobs.values()}) if jobs else {}

    def line(name: str, key: str, steps: Steps, *, is_told: bool) -> Line:
        steps = steps | {token: step for token, step in asked.items() if jobs[token].lane == key}
        return _line(
            case, Line(name, key, names.get(key, key), "waiting", is_told=is_told), steps, jobs, silent
        )

    told = [
        Line(spec["id"], key, names.get(key, key), "withdrawn")
        if is_withdrawn(case, spec)
        else line(spec["id"], key, _steps(case, spec), is_told=True)
        for spec, key in wanted
    ]
    return told + [line(key, key, {}, is_told=False) for key in only_asked]


def summary(case: Case) -> tuple[int, int]:
    """How many agencies are done, of how many. Asks the database nothing: lists of cases show it."""
    wanted = [(line, key) for line, key in _wanted(case) if not is_withdrawn(case, line)]
    states = ([step["state"] for step in _steps(case, line).values()] for line, _ in wanted)
    return sum(_line_state(case, found) == "done" for found in states), len(wanted)


def timeline(case: Case) -> list[Entry]:
    """Everything that happened, oldest first."""
    events = list(CaseEvent.objects.filter(case=case).exclude(kind="read").order_by("seq"))
    names = _names({str(event.data.get("connection", "")) for event in events})
    return [_entry(event, names) for event in events]


def _wanted(case: Case) -> list[tuple[JSON, str]]:
    """The definition's lines that concern this case, each with the key of its connection."""
    definition = case.service_version.definition
    scope = definition.scope(case.state.get("data", {}), case.submitted_at)
    wanted: list[tuple[JSON, str]] = []
    for line in definition.document.get("lines", []):
        if "when" in line and definition.compiled(line["when"])(scope) is not True:
            continue
        if line["steps"][0] in definition.optional and line["steps"][0] not in scope.get("consents", {}):
            continue
        key = line["connection"]
        key = definition.compiled(key[1:])(scope) if key.startswith("=") else key
        wanted.append((line, str(key or "")))
    return wanted


def _steps(case: Case, line: JSON) -> Steps:
    """The steps of a line that count, by token."""
    return {
        token: step
        for token, step in case.state.get("steps", {}).items()
        if step.get("step") in line["steps"] and step["state"] not in UNCOUNTED and not step.get("undo")
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


def _asked(case: Case, wanted: list[tuple[JSON, str]], jobs: dict[str, Job]) -> Steps:
    """The steps of no line whose call is in trouble: what a register is asked before anybody is told."""
    shown = {token for spec, _ in wanted for token in _steps(case, spec)}
    steps = case.state.get("steps", {})
    return {token: steps[token] for token in jobs if token in steps and token not in shown}


def _line(case: Case, line: Line, steps: Steps, jobs: dict[str, Job], silent: dict[str, datetime]) -> Line:
    states = {token: _step_state(token, step, jobs) for token, step in steps.items()}
    state = _line_state(case, list(states.values()))
    shown = {token: step for token, step in steps.items() if states[token] == state}
    nothing: tuple[str, JSON] = ("", {})
    token, step = max(shown.items(), key=lambda item: str(item[1]["at"]), default=nothing)
    reference = next((step["reference"] for step in steps.values() if step.get("reference")), "")
    job = jobs.get(token)
    since = parse_datetime(step["at"]) if step else None
    detail = str(step.get("code", ""))
    if job is not None and state in ("retrying", "person"):
        since = silent.get(job.lane, since)
        detail = RETRYING.get(job.error_kind or "Held", "fault")
    return replace(line, state=state, reference=str(reference), since=since, detail=detail)


def _step_state(token: str, step: JSON, jobs: dict[str, Job]) -> State:
    state: State = step["state"]
    if token not in jobs or state in ("done", "refused", "person"):
        return state
    return "person" if jobs[token].state == Job.State.DEAD else "retrying"


def is_withdrawn(case: Case, line: JSON) -> bool:
    """Whether a line's consent was withdrawn before anything was sent."""
    consents: JSON = case.state.get("data", {}).get("consents", {})
    return consents.get(line["steps"][0]) == "withdrawn"


def _line_state(case: Case, states: list[State]) -> State:
    if not states:
        begun = bool(case.state.get("steps"))
        return "skipped" if case.is_ended and begun else "waiting"
    if case.status == Case.Status.REFUSED:
        return "refused"
    return next(state for state in URGENCY if state in states)
