"""An access token by client credentials (RFC 6749 section 4.4), kept until shortly before it expires.

``[authentication]`` with ``method = "oauth2"``::

    token_path = "/oauth/token"      # or token_url = "https://login.agency.example/token", another host
    client = "private_key_jwt"       # or client_secret_basic, client_secret_post, tls_client_auth
    scope = "domicile.read domicile.write"
    audience = "…"                   # of the token (RFC 8707 resource), where the agency wants one
    assertion_audience = "…"         # of the assertion; the token endpoint's address where not said
    algorithm = "ES256"              # of the assertion; key_id is its kid

Credentials: ``client_id``, and ``client_secret`` or ``assertion_key`` (PEM). With ``tls_client_auth``
(RFC 8705) the client's certificate of TLS is the proof, and the token is bound to it.
"""

import json
import threading
import time
from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from adapters.authentication.assertion import Assertion
from adapters.connection_spec import ConnectionSpec
from adapters.egress import Door, HttpReply
from adapters.errors import Misconfigured, NotUnderstood, Unavailable

MARGIN = 30.0  # seconds: a token is not used that may expire on its way
CLIENTS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Tokens:
    """One connection's token. Threads that need one at the same time ask once."""

    def __init__(self, spec: ConnectionSpec, table: dict[str, Any], door: Door) -> None:
        self.key = spec.key
        self.door, self.path = _endpoint(spec, table, door)
        self.form = {"grant_type": "client_credentials", "scope": str(table.get("scope", ""))}
        self.form["resource"] = str(table.get("audience", ""))
        self._basic = ""
        self._assertion: Assertion | None = None
        self._prove(spec, table)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def _prove(self, spec: ConnectionSpec, table: dict[str, Any]) -> None:
        client, identity = table.get("client", CLIENTS[0]), spec.credential("client_id")
        if client not in CLIENTS:
            raise Misconfigured(self.key, f"client is one of {', '.join(CLIENTS)}, not {client!r}")
        if client == "private_key_jwt":
            audience = str(table.get("assertion_audience", self.door.url(self.path)))
            self._assertion = Assertion.of(spec, table, audience)
            return
        if client == "client_secret_basic":
            pair = f"{quote(identity, safe='')}:{quote(spec.credential('client_secret'), safe='')}"
            self._basic = f"Basic {b64encode(pair.encode()).decode()}"  # section 2.3.1
            return
        self.form["client_id"] = identity
        if client == "client_secret_post":
            self.form["client_secret"] = spec.credential("client_secret")

    def get(self, timeout: float | None = None) -> str:
        """The Authorization header's value; raises a child of AdapterError."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._token, lifetime = self._ask(timeout)
                self._until = time.monotonic() + max(0.0, lifetime - MARGIN)
            return f"Bearer {self._token}"

    def drop(self, authorization: str) -> None:
        """Forget a token that was refused, unless another thread has a new one already."""
        with self._lock:
            if authorization == f"Bearer {self._token}":
                self._until = 0.0

    def _ask(self, timeout: float | None) -> tuple[str, float]:
        reply = self._post(timeout)
        if reply.status >= 500 or reply.status == 429:
            raise Unavailable(self.key, f"the token endpoint is out of order ({reply.status})", sent=False)
        if reply.status != 200:
            raise Misconfigured(self.key, f"the token endpoint refuses our credentials ({reply.status})")
        try:
            answer = json.loads(reply.body)
            token, kind = str(answer["access_token"]), str(answer.get("token_type", "Bearer"))
            lifetime = float(answer.get("expires_in", 60))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotUnderstood(self.key, "the token endpoint's answer is not a token (RFC 6749)") from error
        if kind.lower() != "bearer" or not token.isascii() or not token.isprintable():
            raise NotUnderstood(self.key, f"the token endpoint gives a token of type {kind[:40]!r}")
        return token, lifetime

    def _post(self, timeout: float | None) -> HttpReply:
        """Errors say that nothing reached the agency, and carry no bytes: ours hold secrets."""
        try:
            return self.door.send(
                "POST", self.path, body=self._body(), headers=self._headers(), timeout=timeout
            )
        except Unavailable as error:
            message = f"no token: {error.message}"
            raise Unavailable(self.key, message, sent=False) from error
        except NotUnderstood as error:
            raise NotUnderstood(self.key, f"no token: {error.message}") from error

    def _body(self) -> bytes:
        form = {name: value for name, value in self.form.items() if value}
        if self._assertion is not None:
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self._assertion.write()}
        return urlencode(form).encode()

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return {**headers, "Authorization": self._basic} if self._basic else headers


def _endpoint(spec: ConnectionSpec, table: dict[str, Any], door: Door) -> tuple[Door, str]:
    """The door to the token endpoint and its path; an address on another host has a door of its own."""
    if "token_path" in table:
        return door, str(table["token_path"])
    parts = urlsplit(str(table.get("token_url", "")))
    if not parts.netloc:
        raise Misconfigured(spec.key, "[authentication] says neither token_path nor token_url")
    other = Door.of(replace(spec, base_url=f"{parts.scheme}://{parts.netloc}"))
    return other, f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
