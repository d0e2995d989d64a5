"""Deleting what was said about cases that are no longer kept, from every table of the outside world."""

from collections.abc import Collection

from django.db import transaction

from adapters.batches import BatchRecord
from adapters.models import Exchange, WorkbenchItem
from adapters.post import InboundMail


@transaction.atomic
def forget(cases: Collection[str], correlations: Collection[str]) -> int:
    """Delete exchanges, workbench items and mails of these cases (public references) and correlation ids.

    Records of files keep their number, which the agency counts, and lose what they say. Returns how many
    exchanges were deleted.
    """
    about = Exchange.objects.filter(case_reference__in=cases)
    about |= Exchange.objects.filter(correlation_id__in=correlations)
    # A mail's token is the reference that its exchange was answered with.
    tokens = set(about.exclude(detail="").values_list("connection", "detail"))
    for connection, token in tokens:
        InboundMail.objects.filter(connection=connection, token=token).delete()
    WorkbenchItem.objects.filter(case_reference__in=cases).delete()
    BatchRecord.objects.filter(case_reference__in=cases).update(
        values_sealed=b"", verdict_sealed=b"", case_reference=""
    )
    deleted, _ = about.delete()
    return deleted
