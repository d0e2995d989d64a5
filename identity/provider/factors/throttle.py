"""The brake on guessing: by name and place, never for ever, and never against the person's own place.

Five failures for a name from one address stop that pair for a quarter of an hour (A136). An address that
fails with many names is stopped as a whole. A name tried from everywhere stops for addresses from which its
person has not come before; the ones they know go on, so a stranger cannot lock anybody out. Passkeys cannot
be guessed and are never stopped. A name nobody has is counted like any other, so it cannot be told apart.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from identity.models import SignInAttempt
from onestop.lib.sealing import blind_index

PAIR, ADDRESS, NAME = 5, 60, 60  # failures within WINDOW
WINDOW = timedelta(minutes=15)
REMEMBERED = timedelta(days=90)  # how long an address counts as the person's own


class Blocked(Exception):
    """Too many failures. Trying again after ``until`` may work; elsewhere it may work at once."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def claim(name: str, address: str, now: datetime) -> SignInAttempt:
    """Note a try before its secret is looked at; raises :class:`Blocked`.

    It is written down first and the others are counted then, so that of many at once none slips through.
    """
    named, place = blind_index(name, purpose="attempt name"), blind_index(address, purpose="attempt address")
    SignInAttempt.objects.filter(tried_at__lt=now - REMEMBERED).delete()
    SignInAttempt.objects.filter(tried_at__lt=now - WINDOW, succeeded=False).delete()
    attempt: SignInAttempt = SignInAttempt.objects.create(name_index=named, address_index=place, tried_at=now)
    try:
        _judge(attempt, now)
    except Blocked:
        attempt.delete()  # a try that is not looked at does not make the pause longer
        raise
    return attempt


def _judge(attempt: SignInAttempt, now: datetime) -> None:
    named, place = attempt.name_index, attempt.address_index
    others = SignInAttempt.objects.exclude(pk=attempt.pk)
    failed = others.filter(succeeded=False, tried_at__gte=now - WINDOW)
    _stop(failed.filter(name_index=named, address_index=place), PAIR)
    _stop(failed.filter(address_index=place), ADDRESS)
    own = others.filter(name_index=named, address_index=place, succeeded=True)
    if not own.exists():
        _stop(failed.filter(name_index=named), NAME)


def succeeded(attempt: SignInAttempt) -> None:
    """The person proved themselves: the pair begins anew, and the address is one of theirs."""
    pair = SignInAttempt.objects.filter(name_index=attempt.name_index, address_index=attempt.address_index)
    pair.filter(succeeded=False).exclude(pk=attempt.pk).delete()
    attempt.succeeded = True
    attempt.save(update_fields=["succeeded"])


def _stop(failed: QuerySet[SignInAttempt], most: int) -> None:
    times = list(failed.order_by("-tried_at").values_list("tried_at", flat=True)[:most])
    if len(times) >= most:
        raise Blocked(times[-1] + WINDOW)
