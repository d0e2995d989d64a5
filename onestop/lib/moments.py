"""Dates and times as people read them, each inside a `<time>` a machine can read."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

Day = dt.date | dt.datetime | str
DAY = "j F Y"
MONTH = "F Y"
CLOCK = "H:i"


def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


def _local(value: dt.datetime | str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def date(value: Day) -> SafeString:
    """Render a day: ``2026-03-12`` as "12 March 2026". A partial date shows the parts that are known."""
    if isinstance(value, dt.datetime):
        value = _local(value).date()
    if isinstance(value, dt.date):
        return _time(value.isoformat(), date_format(value, DAY))
    if len(value) == len("2026"):
        return _time(value, value)
    if len(value) == len("2026-03"):
        return _time(value, date_format(dt.date.fromisoformat(f"{value}-01"), MONTH))
    if len(value) == len("2026-03-12"):
        return date(dt.date.fromisoformat(value))
    return date(_local(value))


def clock(value: dt.datetime | str) -> SafeString:
    """Render the time of day: "10:40"."""
    local = _local(value)
    return _time(local.isoformat(timespec="seconds"), date_format(local, CLOCK))


def moment(value: dt.datetime | str) -> SafeString:
    """Render a moment: "10:40" when it was today, "12 March 2026, 10:40" before."""
    local = _local(value)
    if local.date() == timezone.localdate():
        return clock(local)
    text = gettext("%(day)s, %(time)s") % {"day": date_format(local, DAY), "time": date_format(local, CLOCK)}
    return _time(local.isoformat(timespec="seconds"), text)
