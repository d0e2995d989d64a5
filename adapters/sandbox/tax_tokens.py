"""The Tax Office's token endpoint: OAuth2 client credentials (RFC 6749), bearer tokens (RFC 6750)."""

import base64
import binascii
import hmac
import secrets
import threading
import time
from typing import Any
from urllib.parse import parse_qs, unquote

from adapters.sandbox.server import Request
from adapters.sandbox.settings import CLIENT_NAME

SCOPES = {"domicile.read", "domicile.write"}
LIFETIME = 600  # seconds


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


def are_right(name: str, secret: str, expected: str) -> bool:
    """Whether these are the portal's credentials, compared in constant time."""
    return hmac.compare_digest(f"{name}:{secret}".encode(), f"{CLIENT_NAME}:{expected}".encode())


class Tokens:
    """Tokens live in memory: after a restart clients ask for a new one, as with any 401."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._lock = threading.Lock()
        self._valid: dict[str, tuple[float, set[str]]] = {}

    def issue(self, request: Request) -> dict[str, Any]:
        """Answer a token request, authenticated by Basic or in the body; raises TokenProblem."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise TokenProblem(400, "unsupported_grant_type", "only client_credentials is offered")
        name, secret = basic_credentials(request.header("Authorization"))
        name, secret = unquote(name), unquote(secret)  # RFC 6749 section 2.3.1
        if not name:
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if not are_right(name, secret, self._secret):
            raise TokenProblem(401, "invalid_client", "client or secret is wrong")
        wanted = set(form.get("scope", " ".join(SCOPES)).split())
        if not wanted <= SCOPES:
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

    def insist(self, header: str, scope: str) -> None:
        """Raise TokenProblem unless the Authorization header has a valid token for the scope."""
        scheme, _, token = header.partition(" ")
        with self._lock:
            until, scopes = self._valid.get(token, (0.0, set()))
        if scheme.lower() != "bearer" or until <= time.monotonic():
            raise TokenProblem(401, "invalid_token", "a valid token is needed")
        if scope not in scopes:
            raise TokenProblem(403, "insufficient_scope", f"the token lacks {scope}")
