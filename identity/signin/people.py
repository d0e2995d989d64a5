"""From an e-ID's claims to a person of the portal. Known by (issuer, subject) and by nothing else."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from identity import levels
from identity.models import FederatedIdentity, User
from identity.models.people import identifier_index
from identity.one_person import alone_with
from identity.record import deeds
from identity.record.entries import Kind
from identity.signin.errors import AnswerRefused

_FIELDS = (
    *("given_name", "family_name", "birth_name", "date_of_birth", "place_of_birth"),
    *("email", "telephone"),
)


@transaction.atomic
def recognise(issuer: str, subject: str, person: Mapping[str, str], *, level: str, now: datetime) -> User:
    """Return the person behind a checked sign-in at ``level``; ``person`` is what the e-ID says of them.

    What is kept of a person comes from the surest of their e-IDs: a weaker one linked to the same account
    changes nothing. Raises AnswerRefused("inactive") for a person who may not sign in.
    """
    if person.get("identifier"):
        alone_with(identifier_index(person["identifier"]))
    known = find(issuer, subject)
    if known is None:
        try:
            with transaction.atomic():
                foreseen = _foreseen(person, level)
                user = foreseen or User.objects.create_user()
                known = FederatedIdentity.objects.create(issuer=issuer, subject=subject, user=user)
                if foreseen is not None:
                    deeds.account_changed(Kind.LINKED, foreseen, issuer, level, now)
        except IntegrityError:  # the same person signed in twice at once
            known = FederatedIdentity.objects.select_related("user").get(issuer=issuer, subject=subject)
    if not known.user.is_active:
        raise AnswerRefused("inactive")
    use(known, level, now)
    return _updated(known.user, person) if levels.reaches(known.level, strength(known.user)) else known.user


def _foreseen(person: Mapping[str, str], level: str) -> User | None:
    """Somebody whom a register named before they ever came, such as a child whose parent acts for them.

    Only one without any e-ID, and only where this one is sure of the personal number.
    """
    index = identifier_index(person["identifier"]) if person.get("identifier") else ""
    if not index or not levels.reaches(level, levels.SUBSTANTIAL):
        return None
    unclaimed = User.objects.filter(identifier_index=index, federated_identities=None, is_active=True)
    return unclaimed.select_for_update(of=("self",)).order_by("pk").first()


def find(issuer: str, subject: str) -> FederatedIdentity | None:
    """Return the identity with its person, or None for one that was never here."""
    return FederatedIdentity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()


def use(identity: FederatedIdentity, level: str, now: datetime) -> None:
    """Note that an identity was used, and the highest level it has proven."""
    identity.last_used_at = now
    identity.level = level if levels.reaches(level, identity.level) else identity.level
    identity.save(update_fields=["last_used_at", "level"])


def strength(user: User) -> str:
    """Return the highest level that any identity of the person has proven."""
    held = set(user.federated_identities.values_list("level", flat=True))
    return max(held, key=levels.ORDER.index, default=levels.LOW)


def _updated(user: User, person: Mapping[str, str]) -> User:
    for name in _FIELDS:
        if name in person:
            longest = getattr(User._meta.get_field(name), "max_length", None)
            setattr(user, name, person[name][:longest])
    identifier = person.get("identifier", "")
    if identifier and identifier != user.identifier:
        user.identifier = identifier
    user.save()
    return user
