"""X-Road Message Protocol for REST, version 1 (PR-REST): the address below /r1 and the X-Road headers."""

import base64
import binascii
import json
from collections.abc import Mapping

from adapters.egress import HttpReply
from adapters.kinds.xroad.door import XRoadDoor
from adapters.kinds.xroad.identifiers import Identifier

SHA_512 = 64  # bytes


class RestDoor(XRoadDoor):
    """Sends REST messages to a service through a security server."""

    service: Identifier

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HttpReply:
        """As a door sends, with the headers of section 4.3, the answer's checked."""
        message_id = self.message_id()
        own = {
            "X-Road-Client": self.client.path,
            "X-Road-Id": message_id,
            "X-Road-UserId": self.who(),
            "X-Road-Issue": self.why(),
            "X-Road-Represented-Party": self.represented,
        }
        added = {name: value for name, value in own.items() if value}
        address = f"/r1/{self.service.path}/{path.lstrip('/')}"
        reply = self.send_plain(method, address, body, {**(headers or {}), **added}, timeout)
        self._check(reply, message_id)
        return reply

    def _check(self, reply: HttpReply, message_id: str) -> None:
        error = reply.headers.get("X-Road-Error", "")
        if error:
            problem = self.failure(error, _message(reply.body), reply, is_servers=True)
            if problem is not None:
                raise problem
        self.insist(reply.headers.get("X-Road-Id", "") == message_id, "X-Road-Id", reply)
        for name, mine in (("Client", self.client), ("Service", self.service)):
            self.insist(reply.headers.get(f"X-Road-{name}", mine.path) == mine.path, f"X-Road-{name}", reply)
        digest = reply.headers.get("X-Road-Request-Hash", "")
        self.insist(_is_digest(digest), "X-Road-Request-Hash", reply)


def _is_digest(text: str) -> bool:
    """True for SHA-512 in base64: over the message between security servers, which only they can make."""
    try:
        return len(base64.b64decode(text, validate=True)) == SHA_512
    except binascii.Error:
        return False


def _message(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return ""
    return str(value.get("message", "")) if isinstance(value, dict) else ""
