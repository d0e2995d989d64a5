"""The digest of a connection's day: what was said, what stopped, how it is; a row, and mail where asked."""

import logging
from collections import Counter
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from adapters.errors import Misconfigured
from adapters.health import policy
from adapters.health.status import latest_checks, status
from adapters.models import Connection, Exchange
from workflows.dispatch import dead
from workflows.health.affected import affected
from workflows.models import Job, Task
from workflows.models.digests import Digest

log = logging.getLogger(__name__)


def write_due(now: datetime) -> int:
    """Write yesterday's digest of every connection that has none; return how many were written."""
    yesterday = timezone.localtime(now).date() - timedelta(days=1)
    there = set(Digest.objects.filter(day=yesterday).values_list("connection", flat=True))
    missing = Connection.objects.filter(enabled=True).exclude(key__in=there)
    return sum(write(row, yesterday, now) for row in missing)


def write(connection: Connection, day: date, now: datetime) -> bool:
    """Write a connection's digest of a day and send it; False where another worker was faster."""
    row = Digest(connection=connection.key, day=day, text=text(connection, day), created_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    _send(connection, row)
    return True


def text(connection: Connection, day: date) -> str:
    """The lines of a day, in English: for the staff."""
    lines = [f"{connection.name} ({connection.key}), {day:%A %d %B %Y}", "", *_state(connection.key)]
    return "\n".join([*lines, *_exchanges(connection.key, day), *_stopped(connection.key)]) + "\n"


def _state(key: str) -> list[str]:
    now = status(key)
    since = f" since {timezone.localtime(now.since):%Y-%m-%d %H:%M}" if now.since else ""
    lines = [f"State: {now.state.label}{since}."]
    for check in latest_checks([key]):
        lines += [f"- {finding}" for finding in check.findings]
        if check.certificate_expires_at:
            lines.append(f"Certificate: good until {check.certificate_expires_at:%Y-%m-%d}.")
        touched = affected(check) if check.changes or check.state == check.State.DOWN else []
        if touched:
            lines.append(f"Services affected: {', '.join(touched)}.")
    return lines


def _exchanges(key: str, day: date) -> list[str]:
    start = timezone.make_aware(datetime.combine(day, time()))
    rows = Exchange.objects.filter(
        connection=key, started_at__gte=start, started_at__lt=start + timedelta(days=1)
    )
    counts = Counter(rows.values_list("state", flat=True).iterator())
    if not counts:
        return ["Exchanges: none."]
    told = ", ".join(
        f"{count} {Exchange.State(state).label.lower()}" for state, count in counts.most_common()
    )
    return [f"Exchanges: {sum(counts.values())} ({told})."]


def _stopped(key: str) -> list[str]:
    stopped = Job.objects.filter(lane=key, state=Job.State.DEAD).count()
    waiting = Job.objects.filter(lane=key, state__in=(Job.State.READY, Job.State.SCHEDULED)).count()
    unknown = Task.objects.open().filter(unit=key, kind=dead.UNKNOWN).count()
    return [f"Deliveries: {waiting} waiting, {stopped} stopped, {unknown} that may have arrived."]


def _send(connection: Connection, row: Digest) -> None:
    """Send to the connection's own addresses and the portal's; a mail that fails is noted on the row."""
    try:
        own = policy.parse(connection.key, connection.settings).digest_to
    except Misconfigured as error:
        own, row.problem = (), str(error)[:300]
    addresses = [*own, *(one for one in settings.DIGEST_TO if one not in own)]
    if addresses:
        subject = f"OneStop: {connection.name}, {row.day:%Y-%m-%d}"
        try:
            send_mail(subject, row.text, None, addresses)
            row.sent_to = addresses
        except OSError as error:  # also what smtplib raises
            log.warning("the digest of %s could not be sent: %s", connection.key, error)
            row.problem = f"{type(error).__name__}: {error}"[:300]
    row.save(update_fields=["sent_to", "problem"])
