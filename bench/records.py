"""Batch files of 1,000 and 10,000 records: neither time a record nor memory may grow with the file."""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

from adapters.connection_spec import FOLDER
from adapters.contracts import layout
from adapters.contracts.layout import FileLayout, Record
from adapters.kinds.records import batch
from adapters.kinds.records.batch import Stamp
from bench.measuring import Figure

SMALL, LARGE, ROUNDS = 1_000, 10_000, 5
AGAINST = "the same file of 1,000 records"
VALUES = {
    "direction": "IN",
    "personNo": "19850312T4240",
    "name": "Lindqvist-Okafor, Maria",
    "moveDate": "2026-12-01",
    "street": "Orchard Road 8",
    "postcode": "52330",
    "postTown": "Vestvik",
}


def measure() -> list[Figure]:
    """CPU a record and peak memory of writing a file to disk and reading it back, totals checked."""
    form = layout.read(FOLDER / "norrby" / "norrby.layout.toml")["file"]
    _carry(form, SMALL)
    small, large = [], []
    for _ in range(ROUNDS):
        small.append(_seconds(form, SMALL) / SMALL)
        large.append(_seconds(form, LARGE) / LARGE)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(large, small, strict=True))
    little, much = _peak(form, SMALL), _peak(form, LARGE)
    return [
        Figure(
            "batch of 10,000: time a record",
            ratio,
            1.2,
            statistics.median(large) * 1e6,
            statistics.median(small) * 1e6,
            AGAINST,
        ),
        Figure(
            "batch of 10,000: most memory (kB, not us)", much / little, 1.2, much / 1e3, little / 1e3, AGAINST
        ),
    ]


def _carry(form: FileLayout, count: int) -> None:
    stamp = Stamp("A" * 32, datetime(2026, 11, 24, tzinfo=UTC), 1, count)
    with tempfile.TemporaryFile() as file:
        for piece in batch.write(form, stamp, _details(form, count)):
            file.write(piece)
        file.seek(0)
        found = sum(1 for _ in form.lines(file))
    if found != count + 2:
        raise RuntimeError(f"{found} of {count + 2} records came back")


def _details(form: FileLayout, count: int) -> Iterator[tuple[Record, dict[str, str]]]:
    for _ in range(count):
        yield form.records["F"], VALUES


def _seconds(form: FileLayout, count: int) -> float:
    started = time.process_time()
    _carry(form, count)
    return time.process_time() - started


def _peak(form: FileLayout, count: int) -> int:
    tracemalloc.start()
    try:
        _carry(form, count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
