"""What identity puts into the record: e-IDs of an account, what one signs in with, what staff set up."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from identity.models import RecordEntry, User
from identity.record import batches, entries, persons
from identity.record.entries import Deed, Kind


def account_changed(kind: Kind, user: User, issuer: str, level: str, now: datetime) -> None:
    """An e-ID was linked to a person's account, or removed from it, by themselves."""
    deed = Deed(actor=f"citizen:{user.subject}", organisation=issuer, what="e-id", purpose=level)
    entries.add(kind, [persons.index_of(user)], deed, now)


def factor_changed(user: User, what: str, now: datetime, name: str = "") -> None:
    """What a person signs in with at the embedded e-ID was added, removed or replaced, by themselves.

    The e-ID has no worker, and this is rare: it is sealed at once.
    """
    deed = Deed(actor=f"citizen:{user.subject}", what=what, purpose=name)
    entries.add(Kind.FACTOR, [persons.index_of(user)], deed, now)
    if not settings.IS_PORTAL:
        batches.seal(now)


def set_up(actor: User | None, what: str, of: str, said: str, now: datetime) -> None:
    """Somebody of the staff changed how the portal works; without an ``actor`` it was the portal itself.

    It concerns no citizen: the entry is under a name of its own, whose key nobody's erasure destroys.
    """
    deed = Deed(
        actor=f"staff:{actor.subject}" if actor else "worker", organisation=of, what=what, purpose=said
    )
    entries.add(Kind.SET_UP, [persons.administration()], deed, now)


def of_user(user: User, kinds: Iterable[str] = ()) -> "list[RecordEntry]":
    """What the record says about a person, the newest first; of some kinds alone where any are named."""
    found = RecordEntry.objects.about(*persons.indexes_of(user)).select_related("person")
    found = found.filter(kind__in=kinds) if kinds else found
    return list(found.order_by("-at", "-pk"))
