"""Digests of entries and batches: a Merkle tree in each batch (RFC 6962, 2.1), a chain over the batches."""

import hashlib
import json
from collections.abc import Sequence

from identity.models.record import RecordBatch, RecordEntry

BEGINNING = "0" * 64  # what the first batch follows


def leaf(entry: RecordEntry, person: str) -> bytes:
    """Digest of everything an entry says, ciphertext included. ``person`` is the public id of its person."""
    head = json.dumps([str(entry.public_id), person, entry.kind, entry.at.timestamp()]).encode()
    return hashlib.sha256(b"\x00" + len(head).to_bytes(4, "big") + head + bytes(entry.sealed)).digest()


def root(leaves: Sequence[bytes]) -> str:
    """Merkle tree hash, in hex."""
    return _root(leaves).hex()


def digest(batch: RecordBatch) -> str:
    """Digest of a batch, which the next one carries as ``previous``."""
    said = [batch.number, batch.count, batch.root, batch.previous, batch.sealed_at.timestamp()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:  # a lone last node goes up as it is, which is the tree of RFC 6962
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = [*above, level[-1]] if len(level) % 2 else above
    return level[0]
