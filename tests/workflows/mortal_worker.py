"""A program for the kill test: one case, and workers that are killed at every boundary of every job.

It prepares a database, submits a case, and then runs the real worker again and again, each time in a process
of its own. In that process the queue, the outside call and the commit are wrapped: the first boundary that no
worker died at yet is written down, and the process ends by SIGKILL, whatever its other threads are at. When
the case has ended the last worker is asked to stop, and what is in the database is printed as JSON.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import django

APPLICANT = "19880808T5716"  # lives alone in Norrby, keeps three vehicles
DEAF = "vestvik"  # this municipality recognises no key and answers no question
SETTLE = 0.5  # seconds until VDR's "not found" is believed
# Until the officer may send to the deaf one again: longer than its connection lets a message be on its way.
DEAF_SETTLE = 5.0
SECONDS = 120.0  # a hundred and fifty workers take 15 on an idle machine
KINDS = ("soap", "rest", "xmlhttp", "records")
TICK = 0.02


def main() -> int:
    """Take urls, credentials, deaths and threads as JSON in the first argument; return the exit code."""
    given = json.loads(sys.argv[1])
    django.setup()
    for kind in KINDS:  # read once here, so that not each of the many workers has to
        import_module(f"adapters.kinds.{kind}.adapter")
    import_module("workflows.worker")
    _in_child(lambda: _prepare(given))
    print("ready", flush=True)
    deaths = Path(given["deaths"])
    deaths.touch()
    workers = _run_until_over(deaths, given["threads"])
    decided = deaths.with_name("decided")
    seen = {"deaths": deaths.read_text().split(), "workers": workers}
    seen["decided"] = decided.read_text().split() if decided.exists() else []
    print(json.dumps({**_report(), **seen}), flush=True)
    return 0


def _fork(action: Callable[[], int]) -> int:
    """Run an action in a child; nothing of this process's connections or threads goes along."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        os._exit(action())
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(70)


def _in_child(action: Callable[[], None]) -> None:
    _, status = os.waitpid(_fork(lambda: action() or 0), 0)
    if status:
        raise SystemExit(f"preparing failed with status {status}")


# --- preparing ---


def _prepare(given: dict[str, Any]) -> None:
    from django.core.management import call_command

    from adapters import registry
    from adapters.models import Connection
    from bench.soak import deaf
    from identity.seed import seed_agency_client, seed_portal
    from workflows.seed import seed_definitions

    call_command("migrate", verbosity=0, interactive=False)
    registry.load_all(given["urls"], given["credentials"])
    deaf.connect(given["deaf"], DEAF)
    for key, settle in {"vdr": SETTLE, DEAF: DEAF_SETTLE}.items():
        row = Connection.objects.get(key=key)
        row.settings["delivery"]["settle"] = settle
        row.save()
    sia = Connection.objects.get(key="sia")
    sia.settings["poll_seconds"] = 1  # its acknowledgement is there within a second: PACE
    sia.save()
    assert sum(Connection.objects.get(key=DEAF).settings["timeouts"].values()) < DEAF_SETTLE
    seed_portal()
    for key, keys in given["keys"].items():
        seed_agency_client(key, key, keys)
    seed_definitions()
    _submit()


def _submit() -> None:
    from django.utils import timezone

    from identity.models import User
    from onestop.lib import aurelia
    from workflows.services import drafts, submission

    known = aurelia.person(APPLICANT)
    assert known is not None
    actor = User.objects.create_user(
        identifier=APPLICANT,
        given_name=known["givenName"],
        family_name=known["familyName"],
        date_of_birth=known["dateOfBirth"],
        email=known["email"],
    )
    now = timezone.now()
    draft = drafts.start_draft(service="moving-house", actor=actor, now=now)
    draft = drafts.prefill(draft=draft, actor=actor, now=now, timeout=10)
    for page, answers in _answers(now.date().isoformat()).items():
        draft = drafts.save_page(draft=draft, page=page, answers=answers, actor=actor, now=now)
    submission.submit_case(draft=draft, actor=actor, now=now)


def _answers(today: str) -> dict[str, dict[str, Any]]:
    from onestop.lib import aurelia

    free = next(
        row
        for row in aurelia.addresses()
        if row["adminUnitL2"] == "Vestvik" and row["capacity"] > row["registered"]
    )
    address = {name: value for name, value in free.items() if name not in {"capacity", "registered"}}
    return {
        "household": {"movers": [APPLICANT]},
        "move-date": {"moveDate": today},
        "new-address": {"address": address},
        "tenancy": {"tenancy": True},
        "contact": {"hasEmail": "david@example.org"},
    }


# --- dying ---


class Reaper:
    """Kills this process at the first boundary that is not in the file of deaths yet."""

    def __init__(self, deaths: Path) -> None:
        self._path = deaths
        self._died = set(deaths.read_text().split())

    def at(self, boundary: str, job: Any) -> None:
        """Pass a boundary of a job, or die there."""
        mark = f"{boundary}|{job.kind}|{job.token}"
        if mark in self._died:
            return
        with self._path.open("a") as file:
            file.write(mark + "\n")
        os.kill(os.getpid(), signal.SIGKILL)


def _mortal(deaths: Path, threads: int) -> int:
    """The real worker, with a reaper at every boundary."""
    from types import SimpleNamespace

    from adapters import batches, exchange_rows
    from workflows import worker
    from workflows.dispatch import queue, run, together
    from workflows.models import Job

    reaper = Reaper(deaths)
    claim, answer_of, keep, finish, advance = (
        queue.claim_many,
        run.answer_of,
        queue.keep_result,
        queue.finish,
        run._advance,
    )

    def claiming(*arguments: Any, **named: Any) -> Any:
        for job in Job.objects.filter(state=Job.State.READY).order_by("priority", "run_at", "id")[:1]:
            reaper.at("before-claim", job)
        taken = claim(*arguments, **named)
        for job in taken:
            reaper.at("after-claim", job)
        return taken

    def answering(job: Any, case: Any) -> Any:
        reaper.at("before-call", job)
        answer = answer_of(job, case)
        reaper.at("after-call", job)
        return answer

    def keeping(job: Any) -> None:
        keep(job)
        reaper.at("after-keep", job)

    def finishing(job: Any, now: Any) -> None:
        finish(job, now)
        reaper.at("before-commit", job)

    def advancing(job: Any, now: Any) -> None:
        advance(job, now)
        reaper.at("after-commit", job)

    take_in, ready = together.take_in, together.take_in_ready
    inside: list[Any] = []

    def taking_in(case: Any, job: Any, now: Any) -> None:
        take_in(case, job, now)
        reaper.at("before-commit", job)
        inside.append(job)

    def taking_ready(now: Any) -> int:
        inside.clear()
        count = ready(now)
        for job in inside:
            reaper.at("after-commit", job)
        return count

    together.take_in, together.take_in_ready = taking_in, taking_ready  # type: ignore[assignment]
    begin, record = exchange_rows.insert, exchange_rows.update

    def told(row: Any) -> Any:
        return SimpleNamespace(kind="exchange", token=f"{row.connection}.{row.operation}@{row.step}")

    def beginning(row: Any) -> None:
        begin(row)
        reaper.at("before-send", told(row))

    def recording(row: Any) -> None:
        reaper.at("after-send", told(row))
        record(row)
        reaper.at("after-record", told(row))

    exchange_rows.insert, exchange_rows.update = beginning, recording
    batches.LEASE = timedelta(seconds=1)  # a file that a killed worker was carrying is soon another's
    serve = worker.Worker.run

    def running(self: worker.Worker) -> None:
        _running(deaths).write_text(str(os.getpid()))  # from here on a signal is a request, not the end
        serve(self)

    worker.Worker.run = running  # type: ignore[method-assign]
    queue.claim_many, queue.keep_result, queue.finish = claiming, keeping, finishing  # type: ignore[assignment]
    run.answer_of, run._advance = answering, advancing
    return worker.main(["--threads", str(threads)])


def _running(deaths: Path) -> Path:
    """The file in which a worker says that it takes signals."""
    return deaths.with_name("running")


def _run_until_over(deaths: Path, threads: int) -> int:
    """Start worker after worker until the case has ended; return how many it took."""
    deadline, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        count += 1
        child = _fork(lambda: _mortal(deaths, threads))
        status = _wait(child, deadline, deaths)
        if status == 0:  # stopped as asked, after the case had ended
            return count
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            raise SystemExit(f"a worker ended by itself with status {status}")
    raise SystemExit(f"the case has not ended after {count} workers: {json.dumps(_report())}")


def _wait(child: int, deadline: float, deaths: Path) -> int:
    """Wait for a worker's end; ask it to stop once nothing is left to do."""
    with os.fdopen(os.pidfd_open(child)) as death:
        return _watched(child, death, deadline, deaths)


def _watched(child: int, death: TextIO, deadline: float, deaths: Path) -> int:
    asked = False
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        running = _running(deaths)
        _decide(deaths)
        if not asked and running.exists() and running.read_text() == str(child) and _is_over():
            os.kill(child, signal.SIGTERM)
            asked = True
        if time.monotonic() > deadline + 10:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise SystemExit(f"a worker did not stop: {json.dumps(_report())}")
        select.select([death], [], [], TICK)  # a death is seen at once


def _decide(deaths: Path) -> None:
    """Be the officer whom the third kind needs: look into the agency's books, then settle or send again."""
    from django.utils import timezone

    from identity.models import StaffRole, User
    from workflows.dispatch import dead
    from workflows.models import Task
    from workflows.services.tasks import decide

    for task in Task.objects.open().filter(kind=dead.UNKNOWN).select_related("case"):
        officer = User.objects.filter(family_name="Officer").first()
        if officer is None:
            officer = User.objects.create_user(given_name="An", family_name="Officer")
            StaffRole.objects.create(user=officer, role=StaffRole.Role.CASEWORKER, unit=task.unit)
        has_it = _books(deaths, f"{task.case.reference}:{task.value['of']}")
        if not has_it and timezone.now() < dead.sendable_at(task):
            continue  # it might still be on its way
        outcome = "settled" if has_it else "resend"
        decide(task=task, actor=officer, outcome=outcome, reason="Looked it up", now=timezone.now())
        with deaths.with_name("decided").open("a") as file:
            file.write(f"{outcome}\n")


def _books(deaths: Path, key: str) -> bool:
    """Whether the agency has booked something under a reference; its file is its own business otherwise."""
    import sqlite3

    database = sqlite3.connect(deaths.with_name("deaf.sqlite3"), timeout=10)
    try:
        return database.execute("SELECT 1 FROM effects WHERE key = ?", (key,)).fetchone() is not None
    finally:
        database.close()


def _is_over() -> bool:
    from workflows.models import Case, Job

    if Case.objects.under_way().exists():
        return False
    return not Job.objects.filter(state__in=(Job.State.READY, Job.State.RUNNING)).exists()


# --- reporting ---


def _report() -> dict[str, Any]:
    from adapters.models import Exchange, WorkbenchItem
    from workflows.models import Case, CaseEvent, Job, Notification, Slot, Task

    case = Case.objects.get()
    return {
        "case": case.reference,
        "status": case.status,
        "events": [[row.seq, row.kind, row.token] for row in CaseEvent.objects.filter(case=case)],
        "jobs": [[row.kind, row.token, row.state, row.attempts] for row in Job.objects.order_by("id")],
        "notifications": sorted(Notification.objects.values_list("kind", flat=True)),
        "workbench": sorted(WorkbenchItem.objects.values_list("connection", flat=True)),
        "tasks": [f"{row.kind} {row.question}" for row in Task.objects.all()],
        "open_tasks": Task.objects.open().count(),
        "unknown": Exchange.objects.filter(state=Exchange.State.UNKNOWN).count(),
        "held_slots": Slot.objects.exclude(job=None).count(),
    }


if __name__ == "__main__":
    sys.exit(main())
