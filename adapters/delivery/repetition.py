"""What earlier attempts of one effect allow: nothing is sent again blindly.

Of an operation that the agency cannot recognise by our key, the exchange log is the memory: an answer that is
there is given again, an attempt that still runs is waited for, and one whose outcome is not known is asked
about or put before a person.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from adapters.delivery import gate, heartbeat
from adapters.delivery.policy import Repeat
from adapters.errors import Held, OutcomeUnknown
from adapters.models import Exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result, Retry
from onestop.lib.owner import is_surely_gone

log = logging.getLogger(__name__)
State = Exchange.State
ANSWERED = (State.ACCEPTED, State.PENDING, State.REJECTED)
LONGEST_CALL = timedelta(minutes=15)  # a call that is older than this has surely ended
UNDER_WAY = timedelta(seconds=2)  # until an attempt of another program is looked at again
NOT_FOUND = "not-found"  # what a mapping calls it when the agency does not know our reference
NO_WORD = "the program ended between sending and recording"


def answer(rows: list[Exchange]) -> Result | None:
    """The latest answer among the attempts, as it was given; None where there is none."""
    found = next((row for row in reversed(rows) if row.state in ANSWERED), None)
    if found is None:
        return None
    if found.state == State.REJECTED:
        code, _, reason = found.detail.partition(": ")
        return Rejected(code, reason, value=found.answer_value)
    if found.state == State.PENDING:
        after = None if found.check_after is None else timedelta(seconds=found.check_after)
        return Pending(found.detail, after, found.answer_value)
    return Accepted(found.answer_value, found.detail)


def under_way(rows: Iterable[Exchange], now: datetime) -> set[int]:
    """The ids of the calls that were begun and may still be answered."""
    young = [row for row in rows if row.state == State.SENDING and now - row.started_at < LONGEST_CALL]
    held = [row for row in young if not is_surely_gone(row.owner)]
    silences = heartbeat.silences(row.owner for row in held) if held else {}
    return {
        row.pk
        for row in held
        if not heartbeat.is_lost(silences.get(row.owner), gate.policy(row.connection).call_seconds)
    }


def sweep(now: datetime | None = None) -> int:
    """Mark calls whose program is gone as unknown; return how many."""
    now = now or timezone.now()
    begun = Exchange.objects.filter(state=State.SENDING).order_by("started_at")
    rows = list(begun.only("id", "owner", "started_at", "state", "connection"))
    going_on = under_way(rows, now)
    return sum(mark_unknown(row) for row in rows if row.pk not in going_on)


def mark_unknown(row: Exchange) -> bool:
    """Say of a call that nobody will finish that its outcome is not known."""
    mine = Exchange.objects.filter(pk=row.pk, state=State.SENDING)
    changed = mine.update(state=State.UNKNOWN, is_uncertain=True, detail=NO_WORD, finished_at=timezone.now())
    if changed:
        log.warning("exchange %s: %s", row.pk, NO_WORD)
    return bool(changed)


def settle(connection: str, operation: str, key: str, why: str) -> int:
    """Note that earlier attempts surely came to nothing, or that a person answers for it; return how many."""
    uncertain = Exchange.objects.attempts(connection, operation, key).filter(is_uncertain=True)
    count = 0
    for row in uncertain.only("id", "detail"):
        detail = f"{row.detail} [{why}]"[-1000:]
        count += Exchange.objects.filter(pk=row.pk).update(is_uncertain=False, detail=detail)
    return count


def before(
    connection: str, operation: str, context: Context, repeat: Repeat, now: datetime | None = None
) -> tuple[Result | None, bool]:
    """What earlier attempts of this effect say: its result, if there is one, and whether to ask the agency.

    Raises Held while one is under way, and OutcomeUnknown where a person must decide.
    """
    now = now or timezone.now()
    rows = list(Exchange.objects.attempts(connection, operation, context.idempotency_key))
    known = answer(rows)
    if known is not None:
        return known, False
    if under_way(rows, now):
        raise Held(connection, "an earlier attempt is still under way", after=UNDER_WAY)
    lost = [mark_unknown(row) for row in rows if row.state == State.SENDING]
    is_doubtful = bool(lost) or any(row.is_uncertain for row in rows)
    if is_doubtful and repeat == Repeat.PERSON:
        raise OutcomeUnknown(connection, "it may have arrived, and the agency cannot be asked")
    return None, is_doubtful


def understood(
    connection: str, operation: str, context: Context, told: Result, settle_seconds: float
) -> Result | None:
    """What the agency's answer about an earlier attempt means; None where it surely has not got it.

    "Not found" is believed only when the last attempt is old enough not to be on its way any more; until then
    Held is raised. The attempts are noted as having come to nothing.
    """
    if isinstance(told, Retry):
        raise Held(connection, told.reason, after=told.after or UNDER_WAY)
    if not (isinstance(told, Rejected) and told.code == NOT_FOUND):
        return told
    key = context.idempotency_key
    doubtful = Exchange.objects.attempts(connection, operation, key).filter(is_uncertain=True)
    latest = max(doubtful.values_list("started_at", flat=True), default=timezone.now())
    left = latest + timedelta(seconds=settle_seconds) - timezone.now()
    if left > timedelta():
        raise Held(connection, "not there yet; an earlier attempt may still be on its way", after=left)
    settle(connection, operation, key, "asked: the agency has not got it")
    return None
