"""Since when an agency has given no answer, derived from the exchange log, for pages that do not lie.

The log is read backwards from its newest row of each connection to its last answer, and no further.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from adapters.models import Connection, Exchange

# An answer of any kind ends an outage; a refusal of ours or a wrong setting says nothing about the agency.
ANSWERED = (Exchange.State.ACCEPTED, Exchange.State.PENDING, Exchange.State.REJECTED)
SILENT = (Exchange.State.UNAVAILABLE, Exchange.State.NOT_UNDERSTOOD, Exchange.State.RETRY)
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.get_fixed_timezone(0))


def since(connection: str) -> datetime | None:
    """When the connection first failed after it last answered; None where it is answering."""
    return since_each([connection]).get(connection)


def since_each(connections: Iterable[str]) -> dict[str, datetime]:
    """:func:`since` of several in one query; those that answer are left out."""
    failures = _outward(SILENT).filter(started_at__gt=Coalesce(OuterRef("answered_at"), LONG_AGO))
    first = Subquery(failures.order_by("started_at").values("started_at")[:1])
    asked = Connection.objects.filter(key__in=list(connections)).order_by()
    found = asked.annotate(answered_at=_last_answer()).annotate(first=first).filter(first__isnull=False)
    return dict(found.values_list("key", "first"))


def last_answers(connections: Iterable[str]) -> dict[str, datetime]:
    """When each connection last answered anything; those that never did are left out."""
    asked = Connection.objects.filter(key__in=list(connections)).order_by()
    found = asked.annotate(answered_at=_last_answer()).filter(answered_at__isnull=False)
    return dict(found.values_list("key", "answered_at"))


def _last_answer() -> Subquery:
    return Subquery(_outward(ANSWERED).order_by("-started_at").values("started_at")[:1])


def _outward(states: Iterable[Exchange.State]) -> QuerySet[Exchange]:
    """What we asked of the connection of the query around this, with such an end."""
    rows = Exchange.objects.filter(connection=OuterRef("key"), direction=Exchange.Direction.OUT)
    return rows.filter(state__in=states)
