"""Between Django and oauthlib: parameters handed over in one canonical encoding."""

from typing import Any

from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.common import Request, urlencode

from identity.oauth.dpop import BOUND


class Core(OAuthLibCore):  # type: ignore[misc]
    """Re-encodes the query from what Django read, so that oauthlib never meets a malformed one.

    The stock way hands the raw query on, and `%zz` or a parameter without `=` ends in a server error.
    """

    def _get_escaped_full_path(self, request: HttpRequest) -> str:
        pairs = [(name, value) for name, values in request.GET.lists() for value in values]
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path

    def read(self, request: HttpRequest) -> Any:
        """Return a request as oauthlib knows it, for asking the validator about its client."""
        return Request(*self._extract_params(request))


def bind(request: HttpRequest, jkt: str) -> None:
    """Say that a request came with a proof of the key ``jkt``; no header of a client can say so."""
    request.META[BOUND] = jkt


def key_of(request: Any) -> str:
    """Return the thumbprint of the key that an oauthlib request came with a proof of, or ""."""
    return str(request.headers.get(BOUND, ""))
