"""Letting a form of this provider end at the client's origin.

Browsers apply `form-action` to every redirect after a form was sent, and the answer to a sign-in is a
redirect to the client: its origin must be allowed on that page, and on that page only (A131).
"""

from urllib.parse import urlsplit

from django.http import HttpResponse


def allow_form_to(response: HttpResponse, uri: str) -> HttpResponse:
    """Allow the forms of this page to be redirected to the origin of ``uri``."""
    parts = urlsplit(uri)
    if parts.scheme and parts.netloc:
        origin = f"{parts.scheme}://{parts.netloc}"
        response._csp_update = {"form-action": ["'self'", origin]}  # type: ignore[attr-defined]
    return response
