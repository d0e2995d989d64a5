"""An agency's token endpoint: client credentials (RFC 6749), proved by secret, assertion or certificate."""

import base64
import binascii
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from joserfc import jwt
from joserfc.errors import JoseError

from adapters.authentication.assertion import ALGORITHMS
from adapters.authentication.tokens import ASSERTION_TYPE, CLIENTS
from adapters.simulator.server import Request
from adapters.simulator.settings import CLIENT_NAME

LIFETIME = 600  # seconds
LONGEST_ASSERTION = 300  # seconds


class TokenProblem(Exception):
    """No token, or not a good one. ``error`` is the code of the two RFCs."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.status = status
        self.error = error
        self.description = description

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header."""
        return f'Bearer error="{self.error}", error_description="{self.description}"'


def basic_credentials(header: str) -> tuple[str, str]:
    """User and secret of a Basic header; ("", "") where it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def are_right(name: str, secret: str, expected: str, known: str = CLIENT_NAME) -> bool:
    """Whether these are a user's credentials (the portal's unless said), compared in constant time."""
    return hmac.compare_digest(f"{name}:{secret}".encode(), f"{known}:{expected}".encode())


class Tokens:
    """Tokens live in memory: after a restart clients ask for a new one, as with any 401.

    ``client`` is how the one client proves itself (the words of ``[authentication]``), ``known`` what it has
    for that, asked for when needed: ``client_id``, and ``client_secret`` or ``assertion_key``. ``scopes`` are
    those there are; None takes any.
    """

    def __init__(
        self,
        client: str,
        known: Callable[[], Mapping[str, str]],
        scopes: frozenset[str] | None = None,
        algorithm: str = "ES256",
    ) -> None:
        self._client = client
        self._known = known
        self._scopes = scopes
        self._algorithm = algorithm
        self._used: dict[str, float] = {}  # jti -> its exp
        self._lock = threading.Lock()
        self._valid: dict[str, tuple[float, set[str]]] = {}

    def issue(self, request: Request, audience: str) -> dict[str, Any]:
        """Answer a token request; an assertion must be for ``audience``. Raises TokenProblem."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise TokenProblem(400, "unsupported_grant_type", "only client_credentials is offered")
        self._insist_on_client(request, form, audience)
        wanted = set(form.get("scope", " ".join(self._scopes or ())).split())
        if self._scopes is not None and not wanted <= self._scopes:
            raise TokenProblem(400, "invalid_scope", "there is no such scope")
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = time.monotonic()
            self._valid = {known: grant for known, grant in self._valid.items() if grant[0] > now}
            self._valid[token] = (now + LIFETIME, wanted)
        return {
            **{"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME},
            **{"scope": " ".join(sorted(wanted))},
        }

    def _insist_on_client(self, request: Request, form: dict[str, str], audience: str) -> None:
        if self._client == "private_key_jwt":
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise TokenProblem(401, "invalid_client", "only private_key_jwt proves a client here")
            self._insist_on_assertion(form.get("client_assertion", ""), audience)
            return
        known = self._known()
        if self._client == "tls_client_auth":
            is_right = bool(request.client) and form.get("client_id") == known["client_id"]
        else:
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
            if self._client == CLIENTS[0]:
                name, secret = map(unquote, basic_credentials(request.header("Authorization")))
            is_right = are_right(name, secret, known["client_secret"], known["client_id"])
        if not is_right:
            raise TokenProblem(401, "invalid_client", f"{self._client} does not prove a client of ours")

    def _insist_on_assertion(self, assertion: str, audience: str) -> None:
        now = time.time()
        try:
            known = self._known()
            key = ALGORITHMS[self._algorithm].import_key(known["assertion_key"])
            claims = jwt.decode(assertion, key, algorithms=[self._algorithm]).claims
            expires, jti = float(claims["exp"]), str(claims["jti"])
            is_ours = claims["iss"] == claims["sub"] == known["client_id"] and claims["aud"] == audience
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise TokenProblem(401, "invalid_client", "the assertion is not signed by this client") from error
        if not is_ours or not now < expires <= now + LONGEST_ASSERTION:
            raise TokenProblem(401, "invalid_client", "the assertion is for another, or not of now")
        with self._lock:
            self._used = {known: until for known, until in self._used.items() if until > now}
            if jti in self._used:
                raise TokenProblem(401, "invalid_client", "the assertion was used before")
            self._used[jti] = expires

    def insist(self, header: str, scope: str = "") -> None:
        """Raise TokenProblem unless the Authorization header has a valid token for the scope ("": any)."""
        scheme, _, token = header.partition(" ")
        with self._lock:
            until, scopes = self._valid.get(token, (0.0, set()))
        if scheme.lower() != "bearer" or until <= time.monotonic():
            raise TokenProblem(401, "invalid_token", "a valid token is needed")
        if scope and scope not in scopes:
            raise TokenProblem(403, "insufficient_scope", f"the token lacks {scope}")
