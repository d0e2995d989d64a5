"""A user as a Person of the common data standard."""

from typing import Any

from identity.models import User


def person_of(user: User) -> dict[str, Any]:
    """The canonical person, without what is not known."""
    contact = {"hasEmail": user.email, "hasTelephone": user.telephone}
    person = {
        "identifier": {"notation": user.identifier, "issuingAuthority": "NPR"} if user.identifier else None,
        "givenName": user.given_name,
        "familyName": user.family_name,
        "birthName": user.birth_name,
        "dateOfBirth": user.date_of_birth,
        "placeOfBirth": user.place_of_birth,
        "contactPoint": {name: value for name, value in contact.items() if value},
    }
    return {name: value for name, value in person.items() if value}


def is_adult(person: dict[str, Any], year: int, month: int, day: int) -> bool:
    """Whether a person is 18 on a day. Of a partial date of birth, the latest day it may mean counts."""
    known = [int(part) for part in str(person.get("dateOfBirth", "")).split("-") if part.isdigit()]
    if not known:
        return True  # no date at all: ask, rather than move somebody without asking
    born_year, born_month, born_day = (*known, *(12, 31)[len(known) - 1 :])[:3]
    return (year - 18, month, day) >= (born_year, born_month, born_day)
