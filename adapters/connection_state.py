"""What the database says of a connection before every call: its edition and its circuit, in one statement."""

from typing import Any, NamedTuple

from adapters.models import Connection, Gate
from onestop.lib.statements import Statement


class Edition(NamedTuple):
    """Which state of a connection's row this is; what was built from another is built anew."""

    is_enabled: bool
    contract_hash: str
    updated_at: str


class State(NamedTuple):
    """A connection's row and its gate. ``failures`` counts calls without an answer, in a row."""

    edition: Edition
    failures: int
    is_open: bool


_READ = Statement(
    # The moment is compared and nothing else: as text, the driver need not read it.
    f"SELECT c.enabled, c.contract_hash, CAST(c.updated_at AS TEXT), g.failures, g.open_since"  # noqa: S608 - our own names
    f" FROM {Connection._meta.db_table} c LEFT JOIN {Gate._meta.db_table} g ON g.key = c.key WHERE c.key = %s"
)
_known: dict[str, tuple[tuple[Any, ...], State]] = {}  # by key: what was read last, and what it says


def read(key: str) -> State | None:
    """The state of a connection at this moment, the same object while it is the same; None without a row."""
    found = _READ.first((key,))
    if found is None:
        return None
    known = _known.get(key)
    if known is None or known[0] != found:
        enabled, contract_hash, updated_at, failures, opened = found
        edition = Edition(bool(enabled), contract_hash, updated_at)
        known = _known[key] = (found, State(edition, failures or 0, opened is not None))
    return known[1]
