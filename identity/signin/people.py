"""From an e-ID's claims to a person of the portal. Known by (issuer, subject) and by nothing else."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from identity.models import FederatedIdentity, User
from identity.signin.errors import AnswerRefused

# user field -> claim; the longest value a field takes comes from the field
_FIELDS = {
    "given_name": "given_name",
    "family_name": "family_name",
    "birth_name": "birth_family_name",
    "date_of_birth": "birthdate",
    "email": "email",
    "telephone": "phone_number",
}


def recognise(issuer: str, subject: str, attributes: dict[str, Any]) -> User:
    """Return the person behind a checked sign-in, with the e-ID's attributes stored.

    Raises AnswerRefused("inactive") for a person who may not sign in.
    """
    known = _find(issuer, subject)
    if known is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user()
                known = FederatedIdentity.objects.create(issuer=issuer, subject=subject, user=user)
        except IntegrityError:  # the same person signed in twice at once
            known = FederatedIdentity.objects.select_related("user").get(issuer=issuer, subject=subject)
    if not known.user.is_active:
        raise AnswerRefused("inactive")
    known.last_used_at = timezone.now()
    known.save(update_fields=["last_used_at"])
    return _updated(known.user, attributes)


def _find(issuer: str, subject: str) -> FederatedIdentity | None:
    return FederatedIdentity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()


def _updated(user: User, attributes: dict[str, Any]) -> User:
    for name, claim in _FIELDS.items():
        if claim in attributes:
            longest = getattr(User._meta.get_field(name), "max_length", None)
            setattr(user, name, _text(attributes[claim])[:longest])
    place = attributes.get("place_of_birth")
    if isinstance(place, dict):
        user.place_of_birth = _text(place.get("locality"))[:200]
    identifier = _text(attributes.get("person_identifier"))
    if identifier and identifier != user.identifier:
        user.identifier = identifier
    user.save()
    return user


def _text(value: object) -> str:
    """Return a claim as text without the characters a database or XML refuses."""
    return "".join(letter for letter in value if letter >= " ") if isinstance(value, str) else ""
