"""What HTTP statuses mean for every kind that speaks it (RFC 9110)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from adapters.egress import HttpReply
from adapters.errors import Misconfigured, NotUnderstood, Unavailable

OUT_OF_ORDER = {408, 425, 429, 500, 502, 503, 504}
NO_ENTRY = {401, 403, 407}


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """``Retry-After`` (section 10.2.3), in seconds or as a date; None where absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return timedelta(seconds=min(int(text), 86400 * 30))
    try:
        wait = parsedate_to_datetime(text) - (now or datetime.now(UTC))
    except (TypeError, ValueError):
        return None
    return max(wait, timedelta())


def insist_on_answer(key: str, reply: HttpReply) -> None:
    """Raise where the status says that nobody of the agency's application answered."""
    if reply.status in NO_ENTRY:
        raise Misconfigured(key, f"the agency refuses our credentials ({reply.status})", wire=reply.wire)
    if reply.status in OUT_OF_ORDER:
        raise Unavailable(key, f"the agency is out of order ({reply.status})", wire=reply.wire)
    if reply.status != 200:
        raise NotUnderstood(key, f"unexpected status {reply.status}", wire=reply.wire)
