"""People whom an event or another case names, who may never have signed in."""

from typing import Any

from identity.models import User
from identity.models.people import identifier_index
from identity.one_person import alone_with

NAMES = {
    "given_name": "givenName",
    "family_name": "familyName",
    "birth_name": "birthName",
    "date_of_birth": "dateOfBirth",
}


class NobodyKnown(Exception):
    """What should name a person names nobody. Final; the message says what was there instead."""


def known_person(told: Any) -> User:
    """The person of a canonical value, or of a personal number; made where they never came, once.

    Call it inside a transaction. Raises NobodyKnown.
    """
    person = told if isinstance(told, dict) else {}
    identifier = person.get("identifier") or {}
    notation = told if isinstance(told, str) else identifier.get("notation") or person.get("notation")
    if not isinstance(notation, str) or not notation:
        raise NobodyKnown(f"no personal number in {type(told).__name__}")
    alone_with(identifier_index(notation))
    known = User.objects.by_identifier(notation)
    if known is not None:
        return known
    return User.objects.create_user(
        notation, **{name: str(person.get(key) or "") for name, key in NAMES.items()}
    )
