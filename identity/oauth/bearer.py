"""Reading the bearer token of a request: from the header and from nowhere else (RFC 6750, A15, A45)."""

from django.http import HttpRequest, JsonResponse
from oauth2_provider.utils import parse_bearer_token

from identity.models import AccessToken
from identity.oauth.validator import digest


class TokenRefused(Exception):
    """The request carries no token that opens this. Final; answer with :meth:`response`."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.status = status
        self.error = error
        self.description = description

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header; without a token it names no error (RFC 6750 section 3.1)."""
        if not self.error:
            return 'Bearer realm="onestop"'
        return f'Bearer realm="onestop", error="{self.error}", error_description="{self.description}"'

    def response(self) -> JsonResponse:
        """Return the refusal as an HTTP answer."""
        body = {"error": self.error or "invalid_token", "error_description": self.description}
        return JsonResponse(body, status=self.status, headers={"WWW-Authenticate": self.challenge})


def read(request: HttpRequest) -> AccessToken:
    """Return the valid access token of a request with its application, person and session.

    Raises :class:`TokenRefused`. A token ends with its client, its person and its sign-in session.
    """
    if "access_token" in request.GET or "access_token" in request.POST:
        raise TokenRefused(400, "invalid_request", "Send the token in the Authorization header.")
    header = request.headers.get("Authorization", "")
    raw = parse_bearer_token(header)
    if raw is None:
        raise TokenRefused(401, "", "A bearer token is needed.")
    token = (
        AccessToken.objects.select_related("application", "user", "session")
        .filter(token_checksum=digest(raw))
        .first()
    )
    if token is None or token.is_expired() or not _alive(token):
        raise TokenRefused(401, "invalid_token", "The token is unknown, expired or revoked.")
    return token


def _alive(token: AccessToken) -> bool:
    if token.application is None or not token.application.is_active:
        return False
    if token.user is not None and not token.user.is_active:
        return False
    return token.session is None or token.session.ended_at is None
