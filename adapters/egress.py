"""The one door out for HTTP: everything the adapters send passes here.

HTTP/1.1 over sockets of our own (:mod:`adapters.http1`): a third of the CPU of a general client, nothing is
read from the environment (no proxies, no netrc), and what a connection goes to is decided here. Redirects are
followed only where a connection says so, and then within its base URL; a body is read up to a limit and a
deadline, and a door opens to one origin only, so credentials cannot reach another.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self, cast
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from adapters import handshake, http1, pinning, unpacking
from adapters.connection_spec import ConnectionSpec
from adapters.delivery import pulse
from adapters.errors import Held, Misconfigured, NotUnderstood, Unavailable
from adapters.pinning import Allowed
from adapters.ports import Wire
from adapters.redirects import MOST, RedirectRefused, Step, follow
from adapters.tls import client_context, distrust, refusal

MAX_BODY = 16 * 1024 * 1024
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]  # names compare without case
    body: bytes
    sent: bytes
    sent_type: str

    @property
    def wire(self) -> Wire:
        """For the exchange log."""
        kind = self.headers.get("Content-Type", "")
        return Wire(self.sent, self.body, self.sent_type, kind, str(self.status))

    @property
    def media_type(self) -> str:
        """``Content-Type`` without parameters, in lower case (RFC 9110 section 8.3.1)."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Door:
    """The way to one origin. Safe for several threads; connections are kept open and used again."""

    def __init__(
        self,
        key: str,
        base_url: str,
        *,
        connect: float,
        read: float,
        allow_private: bool | Allowed = False,
        max_body: int = MAX_BODY,
        tls: ssl.SSLContext | None = None,
        follows: bool = False,
    ) -> None:
        self.key = key
        self.base_url = base_url.rstrip("/")
        self.timeouts = (connect, read)
        self.max_body = max_body
        self.follows = follows  # redirects, within the base URL
        try:
            parts = urlsplit(self.base_url)
            port = parts.port
        except ValueError as error:
            raise Misconfigured(key, f"the address {base_url!r} cannot be read: {error}") from error
        if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or parts.query:
            raise Misconfigured(key, f"the address {base_url!r} is not an http or https origin")
        self.origin = (parts.scheme, parts.hostname, port or PORTS[parts.scheme])
        self.allowed = allow_private if isinstance(allow_private, Allowed) else Allowed(allow_private)
        self._below = parts.path.rstrip("/")
        self._host = parts.netloc
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._pool = http1.Pool(self._connect)

    @classmethod
    def of(cls, spec: ConnectionSpec) -> Self:
        """The door of a connection: its base URL, ``[timeouts]`` and ``allow_private`` of its settings."""
        if cls is Door and spec.door is not None:
            return cast(Self, spec.door)  # of a kind that is carried by this one
        timeouts = spec.option("timeouts", {})
        return cls(
            spec.key,
            spec.base_url,
            connect=timeouts.get("connect", settings.EXCHANGE_CONNECT_SECONDS),
            read=timeouts.get("read", settings.EXCHANGE_READ_SECONDS),
            allow_private=pinning.allowed_by(spec),
            tls=client_context(spec) if spec.base_url.startswith("https:") else None,
            follows=_follows(spec),
        )

    def url(self, path: str) -> str:
        """``path`` on this origin; an absolute address of another origin is refused (NotUnderstood)."""
        whole = urljoin(f"{self.base_url}/", path)
        parts = urlsplit(whole)
        if (parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)) != self.origin:
            raise NotUnderstood(self.key, f"the address {path!r} leads to another host")
        return whole

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HttpReply:
        """Send one request and return the answer of any status but a redirect that is not followed.

        ``timeout`` bounds the whole call in seconds. Raises Unavailable (``sent`` is False where surely
        nothing arrived), NotUnderstood for a redirect or an oversized body, Misconfigured for a refused
        address or certificate of ours.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else sum(self.timeouts))
        step = Step(method, self._target(path), headers or {}, body)
        for _ in range(MOST + 1):
            reply = self._once(step, deadline)
            if not 300 <= reply.status < 400 or reply.status == 304:
                return reply
            if not self.follows:
                raise NotUnderstood(
                    self.key, f"answered with a redirect ({reply.status}), refused", wire=reply.wire
                )
            step = self._followed(step, reply)
        raise NotUnderstood(self.key, f"answered with more than {MOST} redirects", wire=reply.wire)

    def _followed(self, step: Step, reply: HttpReply) -> Step:
        base = f"{self.origin[0]}://{self._host}{self._below}/"
        current = urljoin(base, step.path)
        location = reply.headers.get("Location", "")
        try:
            return follow(base, current, reply.status, location, step.method, step.headers, step.body)
        except RedirectRefused as error:
            raise NotUnderstood(self.key, str(error), wire=reply.wire) from error

    def _once(self, step: Step, deadline: float) -> HttpReply:
        connect, read = self.timeouts
        method, body = step.method, step.body
        sending = {"User-Agent": "OneStop", **step.headers}
        line = f"{method} {step.path}".encode()  # what a request without a body consists of
        wire = Wire(body or line, b"", sending.get("Content-Type", "") if body else "message/http")
        head = self._head(method, step.path, sending, body)
        channel = self._open(max(0.001, min(connect, deadline - time.monotonic())), wire)
        try:
            pulse.insist(self.key)
            answer = http1.exchange(
                channel, head, body, method=method, deadline=deadline, read=read, max_body=self.max_body
            )
        except Held:
            channel.close()
            raise
        except http1.TooLarge as error:
            channel.close()
            raise NotUnderstood(
                self.key, f"the answer is larger than {self.max_body} bytes", wire=wire
            ) from error
        except http1.TooLate as error:
            channel.close()
            raise Unavailable(self.key, "the answer did not end in time", wire=wire) from error
        except (http1.Broken, OSError) as error:
            refused = refusal(error, channel)
            channel.close()
            if refused:
                raise self._not_let_in(refused, wire) from error
            raise Unavailable(self.key, f"no answer: {_why(error)}", wire=wire) from error
        if answer.is_reusable:
            self._pool.give_back(channel)
        else:
            channel.close()
        content = self._unpacked(answer, wire)
        return HttpReply(answer.status, answer.headers, content, wire.sent, wire.sent_type)

    def _target(self, path: str) -> str:
        """What follows the method in the request line; a path is below the base URL's own path."""
        if path.startswith("/") and not path.startswith("//"):
            return f"{self._below}{path}"
        parts = urlsplit(self.url(path))
        return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"

    def _head(self, method: str, target: str, fields: Mapping[str, str], body: bytes) -> bytes:
        """The request line and fields; raises Misconfigured for what would break out of its line."""
        fields = {"Host": self._host, "Accept-Encoding": "identity", **fields}
        if body or method in {"POST", "PUT", "PATCH"}:
            fields["Content-Length"] = str(len(body))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        if any("\r" in line or "\n" in line or "\0" in line for line in lines) or " " in target:
            raise Misconfigured(self.key, "the address or a header field has a character that is not allowed")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "backslashreplace")

    def _unpacked(self, answer: http1.Answer, wire: Wire) -> bytes:
        encoding = answer.headers.get("Content-Encoding", "")
        if not encoding or not answer.body:
            return answer.body
        try:
            return unpacking.unpacked(answer.body, encoding, self.max_body)
        except unpacking.NotUnpacked as error:
            raise NotUnderstood(self.key, str(error), wire=replace(wire, received=answer.body)) from error

    def _open(self, seconds: float, wire: Wire) -> socket.socket:
        try:
            return self._pool.take(seconds)
        except Unavailable as error:
            error.wire = wire
            raise
        except ssl.SSLError as error:
            if refused := refusal(error):
                raise self._not_let_in(refused, wire) from error
            raise Unavailable(
                self.key, f"no secure connection: {_why(error)}", wire=wire, sent=False
            ) from error
        except OSError as error:
            raise Unavailable(self.key, f"no connection: {_why(error)}", wire=wire, sent=False) from error

    def _not_let_in(self, why: str, wire: Wire) -> Misconfigured:
        return Misconfigured(self.key, f"the agency refuses our certificate: {why}", wire=wire)

    def _connect(self, seconds: float) -> socket.socket:
        _, host, port = self.origin
        deadline = time.monotonic() + seconds
        channel = pinning.connect(self.key, host, port, seconds=seconds, allowed=self.allowed)
        return channel if self._tls is None else handshake.secured(channel, self._tls, host, deadline)


def _follows(spec: ConnectionSpec) -> bool:
    stated = spec.option("redirects", "refuse")
    if stated not in ("refuse", "same-host"):
        raise Misconfigured(spec.key, f"redirects is {stated!r}; say refuse or same-host")
    return bool(stated == "same-host")


def until(timeout: float | None) -> float | None:
    """The moment (monotonic) at which a call of several requests must have ended, None for no such moment."""
    return None if timeout is None else time.monotonic() + timeout


def left(deadline: float | None) -> float | None:
    """Seconds left of a call; never zero, so that what is late fails as a timeout of its own request."""
    return None if deadline is None else max(0.001, deadline - time.monotonic())


def _why(error: BaseException) -> str:
    """A short cause without addresses of objects."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLCertVerificationError):
        return distrust(error)
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
