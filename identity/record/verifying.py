"""`onestop audit verify`: everything in the record recomputed, against its batches and the anchor file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from identity.models.record import RecordBatch, RecordEntry
from identity.record import anchors, hashing, signing

LATEST = timedelta(minutes=10)  # entries that wait longer say that nobody seals


@dataclass(slots=True)
class Found:
    """What a verification saw; the record is whole where there are no complaints."""

    batches: int = 0
    entries: int = 0
    waiting: int = 0
    anchored: int = 0
    complaints: list[str] = field(default_factory=list)


def verify(now: datetime, anchor_file: Path | None = None) -> Found:
    """Recompute every digest, signature and link; memory is that of one batch."""
    found = Found()
    complaints = found.complaints
    try:
        anchored = anchors.read(anchor_file or anchors.path())
    except anchors.AnchorBroken as error:
        anchored = {}
        complaints.append(f"anchor file: {error}")
    previous = hashing.BEGINNING
    for batch in RecordBatch.objects.order_by("number").iterator():
        found.batches += 1
        complaints.extend(f"batch {batch.number}: {one}" for one in _wrong(batch, found, previous))
        if batch.number in anchored:
            found.anchored += 1
            if anchored[batch.number][0] != batch.digest:
                complaints.append(f"batch {batch.number}: is not the one in the anchor file")
        previous = batch.digest
    complaints.extend(_cut_off(anchored, found))
    waiting = RecordEntry.objects.unsealed()
    found.waiting = waiting.count()
    oldest = waiting.values_list("at", flat=True).first()
    if oldest is not None and now - oldest > LATEST:
        complaints.append(f"{found.waiting} entries wait to be sealed, the oldest since {oldest.isoformat()}")
    return found


def _wrong(batch: RecordBatch, found: Found, previous: str) -> Iterator[str]:
    if batch.number != found.batches:
        yield f"stands where batch {found.batches} should"
        found.batches = batch.number
    if batch.previous != previous:
        yield "does not follow the batch before it"
    if hashing.digest(batch) != batch.digest:
        yield "was changed after it was sealed"
    if not signing.is_signed(batch.digest, batch.signature):
        yield "is not signed by the key of this record"
    entries = list(batch.entries.order_by("place").select_related("person"))
    found.entries += len(entries)
    if len(entries) != batch.count:
        yield f"holds {len(entries)} entries, {batch.count} were sealed"
    elif [entry.place for entry in entries] != list(range(batch.count)):
        yield "has its entries out of their order"
    if hashing.root([hashing.leaf(entry, str(entry.person.public_id)) for entry in entries]) != batch.root:
        yield "has an entry that was changed, swapped or removed"


def _cut_off(anchored: dict[int, tuple[str, str]], found: Found) -> Iterator[str]:
    for number, (digest, signature) in anchored.items():
        if not signing.is_signed(digest, signature):
            yield f"anchor file: batch {number} is not signed by the key of this record"
    last = max(anchored, default=0)
    if last > found.batches:
        yield f"batches {found.batches + 1} to {last} are anchored, but gone: the end was cut off"
