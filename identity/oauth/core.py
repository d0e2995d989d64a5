"""Between Django and oauthlib: parameters handed over in one canonical encoding."""

from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.common import urlencode


class Core(OAuthLibCore):  # type: ignore[misc]
    """Re-encodes the query from what Django read, so that oauthlib never meets a malformed one.

    The stock way hands the raw query on, and `%zz` or a parameter without `=` ends in a server error.
    """

    def _get_escaped_full_path(self, request: HttpRequest) -> str:
        pairs = [(name, value) for name, values in request.GET.lists() for value in values]
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
