"""What the API asks of an agency's system: a bearer token of its own, with the scope the call needs."""

from django.http import HttpRequest

from identity.models import Application
from identity.oauth import bearer
from identity.oauth.bearer import TokenRefused

__all__ = ["TokenRefused", "require_client"]


def require_client(request: HttpRequest, scope: str, *, is_test: bool = False) -> Application:
    """Return the agency's client behind a request; its ``agency`` is the key of the connection.

    A client of the test environment opens what ``is_test`` and nothing else, and no other client opens that.
    Raises :class:`TokenRefused` with 401 for a missing or dead token and 403 for a missing scope.
    """
    token = bearer.read(request)
    if token.user_id is not None:
        raise TokenRefused(403, "insufficient_scope", "A token of a person does not open this.")
    if scope not in token.scope.split() or scope not in token.application.scopes():
        raise TokenRefused(403, "insufficient_scope", f"The scope {scope} is needed.")
    application: Application = token.application
    if (application.environment == Application.Environment.TEST) != is_test:
        told = (
            "This is for clients of the test environment." if is_test else "This client is for tests alone."
        )
        raise TokenRefused(403, "insufficient_scope", told)
    return application
