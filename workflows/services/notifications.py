"""Reading what one was told."""

from collections.abc import Iterable
from datetime import datetime

from workflows.models import Notification


def mark_read(*, notifications: Iterable[Notification], now: datetime) -> int:
    """Note when notifications were first read; return how many were new."""
    unread = [notification.pk for notification in notifications if notification.read_at is None]
    if not unread:
        return 0
    return Notification.objects.filter(pk__in=unread, read_at=None).update(read_at=now)
