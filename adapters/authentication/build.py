"""``[authentication]`` of a connection.toml, and the sending of requests with it.

::

    [authentication]
    method = "none"
    method = "basic"            # RFC 7617; credentials username, password
    method = "bearer"           # RFC 6750; credential token
    method = "api-key"          # header = "X-API-Key"; credential api_key
    method = "oauth2"           # see adapters.authentication.tokens
    method = "hmac"             # see adapters.authentication.request_hmac
    method = "http-signature"   # RFC 9421; see adapters.authentication.message_signatures

``authentication = "basic"`` is short for a table with a method alone.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from adapters.authentication.message_signatures import MessageSignature
from adapters.authentication.request_hmac import RequestHmac
from adapters.authentication.tokens import Tokens
from adapters.connection_spec import ConnectionSpec
from adapters.egress import Door, HttpReply, left, until
from adapters.errors import Misconfigured

Headers = dict[str, str]


class Proof(Protocol):
    """What is put into a request so that the agency knows whose it is."""

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Headers:
        """The headers to add to a request of this absolute address; raises a child of AdapterError."""
        ...


class Fixed:
    """The same headers for every request."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Headers:
        """The headers."""
        return self._headers


class Authentication:
    """Sends through a connection's door, proved by its ``[authentication]``. Safe for several threads."""

    def __init__(self, door: Door, proof: Proof | None, tokens: Tokens | None = None) -> None:
        self._door = door
        self._proof = proof
        self._tokens = tokens

    @classmethod
    def of(cls, spec: ConnectionSpec, door: Door) -> "Authentication":
        """From a connection's settings and credentials; raises Misconfigured."""
        table = spec.option("authentication", "none")
        if isinstance(table, str):
            table = {"method": table}
        method = str(table.get("method", ""))
        if method == "oauth2":
            return cls(door, None, Tokens(spec, table, door))
        if door.follows and method in BOUND:
            raise Misconfigured(spec.key, f"{method} signs the address: it cannot go with redirects")
        build = PROOFS.get(method)
        if build is None:
            known = ", ".join([*PROOFS, "oauth2"])
            raise Misconfigured(spec.key, f"there is no authentication {method!r}; there are {known}")
        try:
            return cls(door, build(spec, table))
        except (ValueError, TypeError) as error:
            raise Misconfigured(spec.key, f"[authentication]: {error}") from error

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str],
        timeout: float | None = None,
    ) -> HttpReply:
        """Send one request as :meth:`Door.send` does; a token that is refused is renewed once."""
        if self._tokens is not None:
            return self._with_token(self._tokens, method, path, body, headers, timeout)
        added: Headers = {}
        if self._proof is not None:
            added = self._proof.headers(method, self._door.url(path), headers, body)
        return self._door.send(method, path, body=body, headers={**headers, **added}, timeout=timeout)

    def _with_token(
        self,
        tokens: Tokens,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float | None,
    ) -> HttpReply:
        """RFC 6750 section 3.1: a 401 means that the token is dead, so one more try with a new one."""
        deadline = until(timeout)
        authorization = tokens.get(left(deadline))
        sending = {**headers, "Authorization": authorization}
        reply = self._door.send(method, path, body=body, headers=sending, timeout=left(deadline))
        if reply.status != 401:
            return reply
        tokens.drop(authorization)
        sending["Authorization"] = tokens.get(left(deadline))
        return self._door.send(method, path, body=body, headers=sending, timeout=left(deadline))


def _none(spec: ConnectionSpec, table: dict[str, Any]) -> Proof | None:
    return None


def _basic(spec: ConnectionSpec, table: dict[str, Any]) -> Proof:
    user = spec.credential("username")
    if ":" in user:
        raise ValueError("a user name of Basic authentication has no colon (RFC 7617 section 2)")
    pair = b64encode(f"{user}:{spec.credential('password')}".encode()).decode()
    return Fixed({"Authorization": f"Basic {pair}"})


def _bearer(spec: ConnectionSpec, table: dict[str, Any]) -> Proof:
    return Fixed({"Authorization": f"Bearer {_one_line(spec.credential('token'))}"})


def _api_key(spec: ConnectionSpec, table: dict[str, Any]) -> Proof:
    return Fixed({_one_line(table.get("header", "X-API-Key")): _one_line(spec.credential("api_key"))})


def _one_line(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("a header's name and value are printable ASCII")
    return text


PROOFS: dict[str, Callable[[ConnectionSpec, dict[str, Any]], Proof | None]] = {
    "none": _none,
    "basic": _basic,
    "bearer": _bearer,
    "api-key": _api_key,
    "hmac": RequestHmac.of,
    "http-signature": MessageSignature.of,
}
BOUND = ("hmac", "http-signature")  # proofs that hold for one address alone
