"""Sealing: the entries added since the last time become one signed batch, chained to the one before."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, IntegerField, Value, When

from identity.models.record import RecordBatch, RecordEntry
from identity.record import anchors, hashing, signing

MOST = 500  # entries a batch


def seal(now: datetime) -> int:
    """Seal what waits, a batch at a time, and anchor it; return how many entries. Two at once do no harm."""
    count = 0
    while True:
        try:
            sealed = _seal_one(now)
        except IntegrityError:  # another worker seals the same entries
            break
        count += sealed
        if sealed < MOST:
            break
    anchors.catch_up(anchors.path())
    return count


@transaction.atomic
def _seal_one(now: datetime) -> int:
    before = RecordBatch.objects.order_by("-number").first()
    waiting = list(RecordEntry.objects.unsealed().select_related("person")[:MOST])
    if not waiting:
        return 0
    batch = RecordBatch(
        number=before.number + 1 if before else 1,
        count=len(waiting),
        root=hashing.root([hashing.leaf(entry, str(entry.person.public_id)) for entry in waiting]),
        previous=before.digest if before else hashing.BEGINNING,
        sealed_at=now,
    )
    batch.digest = hashing.digest(batch)
    batch.signature = signing.sign(batch.digest)
    batch.save(force_insert=True)
    places = [When(pk=entry.pk, then=Value(place)) for place, entry in enumerate(waiting)]
    held = RecordEntry.objects.filter(pk__in=[entry.pk for entry in waiting], batch=None)
    held.update(batch=batch, place=Case(*places, output_field=IntegerField()))
    return len(waiting)
