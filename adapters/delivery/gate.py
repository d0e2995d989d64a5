"""What holds a call back: the circuit breaker and the token bucket of a connection, shared by all processes.

The circuit opens after several calls in a row without an answer. While it is open nothing is sent; when its
pause is over one call tries (the circuit is half-open), and its answer closes the circuit or doubles the
pause. The bucket is kept as the moment at which it is full again (the generic cell rate algorithm).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from adapters import connection_state
from adapters.connection_state import Edition, State
from adapters.delivery.policy import Policy, parse
from adapters.errors import Held, Unavailable
from adapters.models import Connection, Gate
from adapters.ports import Reply

LONGEST_DOUBLING = 20
_policies: dict[str, tuple[Edition, Policy]] = {}  # by key: the row's edition, and what it says


@dataclass(frozen=True, slots=True)
class Standing:
    """What a call finds at the gate: the connection's policy and the state of its circuit.

    ``edition`` is that of the connection's row, None where there is no such row.
    """

    key: str
    policy: Policy
    edition: Edition | None = None
    failures: int = 0
    is_open: bool = False


_standings: dict[str, tuple[State, Standing]] = {}  # by key: what was read last, and what it comes to


def standing(key: str) -> Standing:
    """Read the gate of a connection, in one statement; raises Misconfigured where its policy is wrong."""
    state = connection_state.read(key)
    if state is None:
        return Standing(key, Policy())
    known = _standings.get(key)
    if known is None or known[0] is not state:
        found = Standing(key, _policy(key, state.edition), state.edition, state.failures, state.is_open)
        known = _standings[key] = (state, found)
    return known[1]


def _policy(key: str, edition: Edition) -> Policy:
    known = _policies.get(key)
    if known is None or known[0] != edition:
        settings = Connection.objects.values_list("settings", flat=True).get(key=key)
        known = _policies[key] = (edition, parse(key, settings))
    return known[1]


def policy(key: str) -> Policy:
    """The policy of a connection; the defaults where there is none of this key."""
    return standing(key).policy


def closed(now: datetime) -> QuerySet[Gate]:
    """The gates through which nothing may pass at present."""
    return Gate.objects.filter(Q(open_until__gt=now) | Q(held_until__gt=now))


def silent(keys: Iterable[str]) -> set[str]:
    """Those of the connections whose circuit is open: they answer nobody."""
    return set(Gate.objects.filter(key__in=keys, open_since__isnull=False).values_list("key", flat=True))


def admit(found: Standing, now: datetime | None = None) -> None:
    """Let one call pass, or raise Held with the time to come again."""
    now = now or timezone.now()
    if found.is_open:
        _probe(found, now)
    if found.policy.rate is not None:
        _take_token(found, now)


def _probe(found: Standing, now: datetime) -> None:
    """The circuit is open: pass as the one call that tries, where its time has come."""
    window = timedelta(seconds=found.policy.call_seconds)  # a probe that dies holds nobody for ever
    due = Gate.objects.filter(key=found.key, open_since__isnull=False, open_until__lte=now)
    if due.update(open_until=now + window):
        return
    row = Gate.objects.filter(key=found.key, open_since__isnull=False).first()
    if row is not None and row.open_until is not None:
        raise Held(found.key, f"the agency does not answer: {row.reason}", after=row.open_until - now)


@transaction.atomic
def _take_token(found: Standing, now: datetime) -> None:
    rate = found.policy.rate
    if rate is None:
        return
    each = timedelta(seconds=1 / rate.per_second)
    Gate.objects.get_or_create(key=found.key)
    row = Gate.objects.select_for_update().get(key=found.key)
    full_at = max(row.spent_until or now, now)
    next_token = full_at - each * (rate.burst - 1)
    if next_token > now:
        raise Held(found.key, "the agency has had its share of calls for now", after=next_token - now)
    row.spent_until, row.held_until = full_at + each, next_token + each
    row.save(update_fields=["spent_until", "held_until"])


def note(found: Standing, outcome: Reply | Exception, now: datetime | None = None) -> None:
    """Take in how a call ended: silence counts, an answer of any kind closes the circuit."""
    if isinstance(outcome, Unavailable):
        if not isinstance(outcome, Held):
            _failed(found, outcome.message, now or timezone.now())
    elif found.failures or found.is_open:
        clean: dict[str, Any] = {"failures": 0, "open_since": None, "open_until": None, "probes": 0}
        Gate.objects.filter(key=found.key).update(**clean, reason="")


@transaction.atomic
def _failed(found: Standing, why: str, now: datetime) -> None:
    Gate.objects.get_or_create(key=found.key)
    row = Gate.objects.select_for_update().get(key=found.key)
    row.failures, row.reason = F("failures") + 1, why.replace("\0", "")[:300]
    row.save(update_fields=["failures", "reason"])
    row.refresh_from_db()
    circuit = found.policy.circuit
    if row.failures < circuit.failures:
        return
    is_probe = row.open_since is not None
    row.probes = min(row.probes + 1, LONGEST_DOUBLING) if is_probe else 0
    row.open_since = row.open_since or now
    row.open_until = now + timedelta(seconds=min(circuit.pause * 2**row.probes, circuit.longest))
    row.save(update_fields=["open_since", "open_until", "probes"])
