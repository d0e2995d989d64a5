"""An access token by client credentials (RFC 6749 section 4.4), kept until shortly before it expires."""

import json
import threading
import time
from base64 import b64encode
from urllib.parse import quote, urlencode

from adapters.connection_spec import ConnectionSpec
from adapters.egress import Door
from adapters.errors import Misconfigured, NotUnderstood, Unavailable

MARGIN = 30.0  # seconds: a token is not used that may expire on its way


class Tokens:
    """One connection's token. Threads that need one at the same time ask once."""

    def __init__(self, spec: ConnectionSpec, door: Door) -> None:
        oauth = spec.option("oauth")
        self.key = spec.key
        self.door = door
        self.path = oauth["token_path"]
        self.form = {"grant_type": "client_credentials", "scope": oauth.get("scope", "")}
        client, secret = spec.credential("client_id"), spec.credential("client_secret")
        pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"  # section 2.3.1
        self._basic = f"Basic {b64encode(pair.encode()).decode()}"
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

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
        reply = self.door.send(
            "POST",
            self.path,
            body=urlencode({name: value for name, value in self.form.items() if value}).encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": self._basic,
                "Accept": "application/json",
            },
            timeout=timeout,
        )
        if reply.status >= 500:
            raise Unavailable(self.key, f"the token endpoint is out of order ({reply.status})", sent=False)
        if reply.status != 200:
            raise Misconfigured(self.key, f"the token endpoint refuses our credentials ({reply.status})")
        try:
            answer = json.loads(reply.body)
            return str(answer["access_token"]), float(answer.get("expires_in", 60))
        except (ValueError, KeyError, TypeError) as error:
            raise NotUnderstood(self.key, "the token endpoint's answer is not a token (RFC 6749)") from error
