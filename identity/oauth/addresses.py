"""Our own addresses as clients know them: from the settings, never from a Host header (A134)."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def issuer() -> str:
    """The issuer of this role."""
    return str(settings.PORTAL_URL if settings.IS_PORTAL else settings.EID_URL)


def at(name: str) -> str:
    """The address of a named view of this role."""
    return f"{issuer()}{reverse(f'identity:{name}' if settings.IS_PORTAL else name)}"


def here(request: HttpRequest) -> str:
    """The address a request was sent to, without its query."""
    return f"{issuer()}{request.path}"
