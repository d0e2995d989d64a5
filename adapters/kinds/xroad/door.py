"""What both protocols add to an HTTP exchange, and the security server's own errors.

The message of one call is known by a context variable, which a door on the same thread reads: the SOAP and
REST kinds need to know nothing of X-Road.
"""

import uuid
from collections.abc import Mapping
from contextvars import ContextVar

from adapters.egress import Door, HttpReply
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.kinds.xroad.identifiers import Identifier
from adapters.ports import Context

calling: ContextVar[Context] = ContextVar("calling")
NAMESPACE = uuid.UUID("c6f0f8f2-6c55-5d0e-9f0e-5b1f6f6f2a11")
PROXIES = ("ClientProxy", "ServerProxy", "SslAuthenticationFailed", "InternalError")
FINAL = ("AccessDenied", "UnknownService", "UnknownMember", "ServiceDisabled", "SslAuthenticationFailed")


class XRoadDoor(Door):
    """The way to a security server."""

    client: Identifier
    represented = ""  # CLASS/CODE of the party in whose name we ask, "" for ourselves
    user = ""  # who asks, where the call itself does not say
    issue = ""

    def message_id(self) -> str:
        """The same for every try of one effect: a UUID made from the idempotency key."""
        key = calling.get().idempotency_key
        return str(uuid.uuid5(NAMESPACE, key) if key else uuid.uuid4())

    def who(self) -> str:
        """The natural person or the system in whose name is asked."""
        return self.user or calling.get().actor or "onestop"

    def why(self) -> str:
        """The file that the question belongs to."""
        return calling.get().case or self.issue

    def send_plain(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], timeout: float | None
    ) -> HttpReply:
        """The exchange itself; raises what a door raises."""
        return super().send(method, path, body=body, headers=headers, timeout=timeout)

    def failure(
        self, code: str, message: str, reply: HttpReply, *, is_servers: bool = False
    ) -> AdapterError | None:
        """The error that a security server's code is, None for a code that is the agency's own.

        ``is_servers``: the answer says by itself that it comes from a security server, whatever the code.
        """
        parts = code.split(".")
        if not is_servers and not any(part in PROXIES for part in parts):
            return None
        text = f"the security server says {code}: {message}"[:500]
        if parts[0] == "Client" or any(part in FINAL for part in parts):
            return Misconfigured(self.key, text, wire=reply.wire)
        return Unavailable(self.key, f"the security server says {code}"[:500], wire=reply.wire, said=message)

    def insist(self, is_so: bool, what: str, reply: HttpReply) -> None:
        """Raise NotUnderstood where an answer is not the one to our question."""
        if not is_so:
            raise NotUnderstood(self.key, f"the answer's {what} is not that of the question", wire=reply.wire)
