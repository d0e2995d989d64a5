"""Several e-IDs of one person: linked with proof on both sides, never a weak one to a strong one."""

from datetime import datetime

from django.db import IntegrityError, transaction

from identity import levels
from identity.models import FederatedIdentity, User
from identity.record import deeds
from identity.record.entries import Kind
from identity.signin.errors import LinkRefused
from identity.signin.flow import SignedIn
from identity.signin.people import find, strength, use


def link(*, actor: User, session_level: str, signed_in: SignedIn, now: datetime) -> FederatedIdentity:
    """Link the e-ID just proven to the person of this session; raises :class:`LinkRefused`.

    Both sides must be as sure as the surest e-ID the account has (A76): whoever gets in by a weak e-ID could
    otherwise take over what a strong one guards. Two e-IDs that name two people are never linked.
    """
    needed = strength(actor)
    if not levels.reaches(session_level, needed):
        raise LinkRefused("session-too-low", needed)
    if not levels.reaches(signed_in.level, needed):
        raise LinkRefused("identity-too-low", needed)
    issuer, subject = signed_in.provider.issuer, signed_in.subject
    known = find(issuer, subject)
    if known is not None and known.user != actor:
        raise LinkRefused("somebody-else")
    person = signed_in.provider.person(signed_in.attributes)
    if person.get("identifier") and actor.identifier and person["identifier"] != actor.identifier:
        raise LinkRefused("other-person")
    if known is None:
        try:
            with transaction.atomic():
                known = FederatedIdentity.objects.create(issuer=issuer, subject=subject, user=actor)
                deeds.account_changed(Kind.LINKED, actor, issuer, signed_in.level, now)
        except IntegrityError as error:  # linked to somebody at this very moment
            raise LinkRefused("somebody-else") from error
    use(known, signed_in.level, now)
    return known


@transaction.atomic
def unlink(*, actor: User, pk: int, in_use: str, now: datetime) -> bool:
    """Forget one of the person's e-IDs; False for the last, one of the issuer in use, or a stranger's."""
    held = list(actor.federated_identities.select_for_update())
    chosen = next((one for one in held if one.pk == pk), None)
    if chosen is None or len(held) == 1 or chosen.issuer == in_use:
        return False
    chosen.delete()
    deeds.account_changed(Kind.UNLINKED, actor, chosen.issuer, chosen.level, now)
    return True
