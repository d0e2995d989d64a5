"""The attributes a client may read of a person, by scope.

Names are those of OpenID Connect Core 5.1 and OpenID Connect for Identity Assurance (`place_of_birth`,
`birth_family_name`); `person_identifier` is the eIDAS minimum data set's PersonIdentifier.
"""

from collections.abc import Callable

from identity.models import Application, User
from identity.provider import subjects

SCOPES: dict[str, dict[str, Callable[[User], object]]] = {
    "openid": {},
    "profile": {
        "name": lambda user: user.get_full_name(),
        "given_name": lambda user: user.given_name,
        "family_name": lambda user: user.family_name,
        "birthdate": lambda user: user.date_of_birth,
        "birth_family_name": lambda user: user.birth_name,
        "place_of_birth": lambda user: {"locality": user.place_of_birth} if user.place_of_birth else "",
    },
    "eidas": {"person_identifier": lambda user: user.identifier},
    "email": {"email": lambda user: user.email},
    "phone": {"phone_number": lambda user: user.telephone},
}


def of(user: User, scopes: list[str], client: Application) -> dict[str, object]:
    """Return the claims the scopes allow; what is not known is left out."""
    readers = [reader for scope in scopes for reader in SCOPES.get(scope, {}).items()]
    values = {name: read(user) for name, read in readers}
    known = {name: value for name, value in values.items() if value}
    return {"sub": subjects.of(user, client), **known}


def supported() -> list[str]:
    """Return every claim name, of the ID token and of the userinfo endpoint."""
    of_token = {
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "sid",
        "jti",
    }
    return sorted(of_token | {name for readers in SCOPES.values() for name in readers})
