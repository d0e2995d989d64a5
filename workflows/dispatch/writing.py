"""What advances of cases leave behind, collected and written in a few statements at the end of a transaction.

However many cases move together: one statement for all jobs, one for the entries of their timelines, one for
the cases, and two reads. Rows that others look up within the transaction (tasks, requests, notifications) are
not collected, they are written where they arise.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from onestop.lib.statements import Statement
from workflows.dispatch import queue
from workflows.engine import effects
from workflows.models import Case, CaseEvent, CoSignRequest, Job, Request, Task

_ENTRY = Statement(
    "INSERT INTO workflows_caseevent (case_id, seq, kind, token, actor, text, data, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
    (int, int, str, str, str, str, bytes, datetime),
)
_CASE = Statement(
    "UPDATE workflows_case SET state = %s, version = %s, status = %s, completed_at = %s WHERE id = %s",
    (bytes, int, str, datetime | None, int),
)
_ENTRY_DATA, _CASE_STATE = CaseEvent._meta.get_field("data"), Case._meta.get_field("state")
Entry = tuple[Case, str, effects.Record, datetime]


@dataclass(slots=True)
class Writing:
    """Collected rows; :meth:`write` writes them, inside the transaction in which the cases are locked."""

    jobs: list[Job] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    moved: dict[int, Case] = field(default_factory=dict)
    ended: dict[int, tuple[Case, datetime]] = field(default_factory=dict)

    def write(self) -> None:
        """Write everything: jobs first, so that those of cases that have ended are closed with the rest."""
        if self.ended:
            self._tell_parents()
        queue.insert(self.jobs)
        for case, now in self.ended.values():
            _close(case, now)
        self._write_entries()
        self._write_cases()

    def _tell_parents(self) -> None:
        """Hand each outcome to the case that began the ended one and waits for it."""
        by_reference = {case.reference: (case, now) for case, now in self.ended.values()}
        asked = Request.objects.waiting().filter(kind=Request.Kind.SERVICE, reference__in=by_reference)
        for request in asked.select_related("case"):
            case, now = by_reference[request.reference]
            value = {"reference": case.reference, "result": case.state.get("result", "")}
            value |= {"decision": case.state.get("data", {}).get("decision", {})}
            answer = {"outcome": str(case.status), "value": value, "request": request.pk}
            self.jobs.append(
                queue.job_of(request.case, Job.Kind.ANSWER, request.token, answer, now, ":answer")
            )

    def _write_entries(self) -> None:
        if not self.entries:
            return
        seen = CaseEvent.objects.filter(case__in={entry[0].pk for entry in self.entries}).order_by()
        last: dict[int, int] = dict(seen.values_list("case").annotate(last=Max("seq")))
        rows = []
        for case, actor, said, now in self.entries:
            last[case.pk] = seq = last.get(case.pk, 0) + 1
            data = _sealed(_ENTRY_DATA, said.data)
            rows.append((case.pk, seq, said.kind, said.token, actor, said.text, data, now))
        _ENTRY.change_each(rows)

    def _write_cases(self) -> None:
        """The state, and the status: an open case with an open task is with an officer."""
        going = [case.pk for case in self.moved.values() if not case.is_ended]
        with_person = set(
            Task.objects.open().filter(case__in=going).values_list("case", flat=True) if going else ()
        )
        rows = []
        for case in self.moved.values():
            if not case.is_ended:
                has_task = case.pk in with_person
                case.status = Case.Status.NEEDS_PERSON if has_task else Case.Status.OPEN
            state = _sealed(_CASE_STATE, case.state)
            rows.append((state, case.version, str(case.status), case.completed_at, case.pk))
        if rows:
            _CASE.change_each(rows)


def _close(case: Case, now: datetime) -> None:
    """Nothing is waited for any more."""
    later = Job.objects.filter(case=case, state=Job.State.SCHEDULED)  # timers nobody waits for
    later.update(state=Job.State.DONE, finished_at=now)
    Job.objects.filter(case=case, state=Job.State.DEAD).update(order_key="")
    Task.objects.open().filter(case=case).update(state=Task.State.CLOSED)
    CoSignRequest.objects.waiting().filter(case=case).update(state=CoSignRequest.State.CLOSED)
    Request.objects.waiting().filter(case=case).update(state=Request.State.CLOSED)


def _sealed(column: Any, value: Any) -> Any:
    return column.get_db_prep_value(value, connection)
