"""Reading the access token of a request: from the header and from nowhere else (RFC 6750, A15, A45).

A token bound to a key needs the proof of that key (RFC 9449 section 7, A40).
"""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from identity.models import AccessToken
from identity.oauth import dpop, nonces
from identity.oauth.digests import digest

BEARER, BOUND = "Bearer", "DPoP"


class TokenRefused(Exception):
    """The request carries no token that opens this. Final; answer with :meth:`response`."""

    def __init__(
        self, status: int, error: str, description: str, scheme: str = BEARER, nonce: str = ""
    ) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.status = status
        self.error = error
        self.description = description
        self.scheme = scheme
        self.nonce = nonce

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header; without a token it names no error (RFC 6750 section 3.1)."""
        says = ['realm="onestop"']
        if self.scheme == BOUND:
            says.append(f'algs="{" ".join(dpop.ALGORITHMS)}"')
        if self.error:
            says += [f'error="{self.error}"', f'error_description="{self.description}"']
        return f"{self.scheme} {', '.join(says)}"

    @property
    def headers(self) -> dict[str, str]:
        """The challenge, and the nonce of the next proof where one is wanted (RFC 9449 section 9)."""
        nonce = {nonces.HEADER: self.nonce} if self.nonce else {}
        return {"WWW-Authenticate": self.challenge, **nonce}

    def response(self) -> JsonResponse:
        """Return the refusal as an HTTP answer."""
        body = {"error": self.error or "invalid_token", "error_description": self.description}
        return JsonResponse(body, status=self.status, headers=self.headers)


def read(request: HttpRequest) -> AccessToken:
    """Return the valid access token of a request with its application, person and session.

    Raises :class:`TokenRefused`. A token ends with its client, its person and its sign-in session.
    """
    if "access_token" in request.GET or "access_token" in request.POST:
        raise TokenRefused(400, "invalid_request", "Send the token in the Authorization header.")
    scheme, raw = _shown(request)
    token = (
        AccessToken.objects.select_related("application", "user", "session")
        .filter(token_checksum=digest(raw))
        .first()
    )
    if token is None or not is_alive(token):
        raise TokenRefused(401, "invalid_token", "The token is unknown, expired or revoked.", scheme)
    if token.dpop_jkt or scheme == BOUND:
        _insist_on_key(request, token, scheme, raw)
    return token


def is_alive(token: AccessToken) -> bool:
    """Whether a token, its client, its person and its session all still are (A20, A21)."""
    if token.is_expired() or token.application is None or not token.application.is_active:
        return False
    if token.user is not None and not token.user.is_active:
        return False
    return token.session is None or token.session.ended_at is None


def _shown(request: HttpRequest) -> tuple[str, str]:
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    known = {BEARER.lower(): BEARER, BOUND.lower(): BOUND}.get(scheme.lower())
    if known is None or not raw or " " in raw:
        raise TokenRefused(401, "", "A bearer token is needed.")
    return known, raw


def _insist_on_key(request: HttpRequest, token: AccessToken, scheme: str, raw: str) -> None:
    if scheme != BOUND or not token.dpop_jkt:
        raise TokenRefused(401, "invalid_token", "Bound tokens need DPoP, others Bearer.", BOUND)
    now = timezone.now()
    try:
        jkt = dpop.thumbprint(request, now, raw)
    except dpop.ProofRefused as refused:
        nonce = nonces.current(now) if isinstance(refused, dpop.NonceNeeded) else ""
        raise TokenRefused(401, refused.error, f"The proof is refused: {refused}.", BOUND, nonce) from refused
    if jkt != token.dpop_jkt:
        raise TokenRefused(401, "invalid_dpop_proof", "The token belongs to another key.", BOUND)
