"""The calendar day of the country, which is what dates in answers mean."""

from datetime import date, datetime

from django.utils import timezone


def local_day(now: datetime) -> date:
    """The day of a moment in the portal's time zone."""
    return timezone.localtime(now).date()
