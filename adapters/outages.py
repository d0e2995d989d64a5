"""Since when an agency has given no answer, derived from the exchange log, for pages that do not lie."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from adapters.models import Exchange

# An answer of any kind ends an outage; a refusal of ours or a wrong setting says nothing about the agency.
ANSWERED = (Exchange.State.ACCEPTED, Exchange.State.PENDING, Exchange.State.REJECTED)
SILENT = (Exchange.State.UNAVAILABLE, Exchange.State.NOT_UNDERSTOOD, Exchange.State.RETRY)
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.get_fixed_timezone(0))


def since(connection: str) -> datetime | None:
    """When the connection first failed after it last answered; None where it is answering."""
    return since_each([connection]).get(connection)


def since_each(connections: Iterable[str]) -> dict[str, datetime]:
    """:func:`since` of several in one query; those that answer are left out."""
    outward = Exchange.objects.filter(direction=Exchange.Direction.OUT)
    last_answer = (
        outward.filter(connection=OuterRef("connection"), state__in=ANSWERED)
        .values("connection")
        .annotate(last=Max("started_at"))
        .values("last")
    )
    failures = (
        outward.filter(connection__in=list(connections), state__in=SILENT)
        .annotate(answered_at=Coalesce(Subquery(last_answer), LONG_AGO))
        .filter(started_at__gt=F("answered_at"))
        .values("connection")
        .annotate(first=Min("started_at"))
    )
    return {row["connection"]: row["first"] for row in failures}


def last_answers(connections: Iterable[str]) -> dict[str, datetime]:
    """When each connection last answered anything; those that never did are left out."""
    answered = Exchange.objects.filter(
        direction=Exchange.Direction.OUT, connection__in=list(connections), state__in=ANSWERED
    )
    return dict(answered.values_list("connection").annotate(last=Max("started_at")))
