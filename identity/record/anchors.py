"""The anchor file: a line for each batch, outside the database, by which a cut-off end of the record shows.

It is added to and never rewritten. Copied to another machine, or printed, it binds the database's owner too.
"""

import json
import os
from pathlib import Path

from django.conf import settings

from identity.models.record import RecordBatch


class AnchorBroken(Exception):
    """A line of the file is not an anchor. ``line`` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is no anchor")
        self.line = line


def path() -> Path:
    """Where the file lies (``ONESTOP_AUDIT_ANCHOR_FILE``)."""
    return Path(settings.RECORD_ANCHOR_FILE)


def read(where: Path) -> dict[int, tuple[str, str]]:
    """Digest and signature by number of batch; raises AnchorBroken. A file that is not there is empty."""
    if not where.exists():
        return {}
    found = {}
    for number, line in enumerate(where.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = json.loads(line)
            found[int(told["batch"])] = (str(told["digest"]), str(told["signature"]))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorBroken(number) from error
    return found


def catch_up(where: Path) -> int:
    """Write the batches that the file lacks, each line flushed to the disk; return how many."""
    last = max(read(where), default=0)
    missing = list(RecordBatch.objects.filter(number__gt=last).order_by("number"))
    if missing:
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("a", encoding="utf-8") as file:
            for batch in missing:
                file.write(_line(batch) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def _line(batch: RecordBatch) -> str:
    said = {
        "batch": batch.number,
        "digest": batch.digest,
        "signature": batch.signature,
        "sealedAt": batch.sealed_at.isoformat(),
    }
    return json.dumps(said, separators=(",", ":"))
