"""The port between the jobs table and who runs jobs: once a commit has made jobs ready, somebody is told.

The table is the truth; an announcement only saves the time until the next look. One that is lost, repeated
or too late does no harm: the keeper of every worker finds overlooked jobs (:mod:`workflows.keeper`).

On SQLite nothing needs to be said, a worker sees that the database changed. On PostgreSQL ``NOTIFY`` wakes
the workers of all hosts. With ``ONESTOP_DISPATCH=celery`` the key of each job goes to RabbitMQ.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from workflows.models import Job

CHANNEL = "onestop_jobs"


def is_brokered() -> bool:
    """Whether a message broker carries the keys of jobs to the workers."""
    return bool(settings.DISPATCH == "celery")


def inserted(rows: Iterable[Job]) -> None:
    """Announce rows just inserted, once the transaction has committed. Those not due yet are left out."""
    names = [row.dedupe for row in rows if row.state == Job.State.READY]
    if names and is_brokered():
        transaction.on_commit(partial(_publish_named, names), robust=True)
    elif names:
        _notify()


def ready(keys: Sequence[int]) -> None:
    """Announce jobs that became ready, once the transaction has committed."""
    if not keys:
        return
    if is_brokered():
        transaction.on_commit(partial(_publish, keys), robust=True)
    else:
        _notify()


def _notify() -> None:
    """PostgreSQL sends it at the commit, once for all of a transaction, and not at all after a rollback."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def _publish_named(names: list[str]) -> None:
    """Rows inserted where a conflict is ignored come back without their keys."""
    due = Job.objects.filter(dedupe__in=names, state=Job.State.READY, run_at__lte=timezone.now())
    _publish(list(due.values_list("pk", flat=True)))


def _publish(keys: Sequence[int]) -> None:
    from workflows.dispatch import broker  # Celery is loaded only where it is used

    broker.publish(keys)
