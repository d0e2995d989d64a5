"""Events for cases that concern nobody outside: many of them in one transaction.

A timer that fired, a case that starts, an answer that came in: such a job calls no agency, so nothing has to
be remembered before it runs. It is not claimed but locked; where the worker dies, the database lets it go.
Where one of them fails all are undone, and each is run alone (:func:`workflows.dispatch.run.execute`), so
that the one at fault is put back or put before a person and the others go on.
"""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from workflows.dispatch.claiming import INTERNAL_LANE, stored
from workflows.dispatch.moving import locked_free
from workflows.dispatch.run import take_in
from workflows.dispatch.turns import turn
from workflows.dispatch.writing import Writing
from workflows.models import Job

log = logging.getLogger(__name__)
AT_ONCE = 32
_READY = """
SELECT * FROM workflows_job WHERE state = 'ready' AND run_at <= %s AND lane = %s
ORDER BY priority, run_at, id LIMIT %s
"""
_DONE = "UPDATE workflows_job SET state = 'done', finished_at = %s, attempts = attempts + 1 WHERE id IN"


def take_in_ready(now: datetime, most: int = AT_ONCE) -> int:
    """Hand ready events to their cases; return how many, 0 where none are ready or each must be run alone."""
    try:
        with turn(), transaction.atomic():
            return _take_in(now, most)
    except (OperationalError, InterfaceError):  # the database, not a job
        raise
    except Exception:  # the one at fault is found when each is run alone, and told there
        log.warning("one of several events for cases failed; each is run alone", exc_info=True)
        return 0


def _take_in(now: datetime, most: int) -> int:
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    jobs = list(Job.objects.raw(f"{_READY}{lock}", [stored(now), INTERNAL_LANE, most]))
    if not jobs:
        return 0
    cases = locked_free(sorted({job.case_id for job in jobs}))
    done, writing = [], Writing()
    for job in jobs:
        case = cases.get(job.case_id)
        if case is not None and case.paused_at is None:
            take_in(case, job, writing, now)
            done.append(job.pk)
    writing.write()
    if done:
        places = ", ".join(["%s"] * len(done))
        with connection.cursor() as cursor:
            cursor.execute(f"{_DONE} ({places})", [stored(now), *done])
    return len(done)
