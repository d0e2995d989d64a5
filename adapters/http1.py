"""HTTP/1.1 as a client (RFC 9112) over sockets that were opened elsewhere: one request, one bounded answer.

The parser is llhttp (httptools), strict; what is around it is little, because a request through a general
client costs more than translating and validating its message. Answers are read up to a limit of size and to a
moment; connections are used again when both sides agree that the answer has ended.
"""

import select
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httptools

CHUNK = 64 * 1024
MAX_HEAD = 64 * 1024  # status line and fields together
MAX_IDLE = 128  # connections kept open: as many as calls can be under way at once


class Broken(Exception):
    """The other side does not speak HTTP/1.1, or stopped in the middle of its answer."""


class TooLarge(Exception):
    """The answer is over the limit of size."""


class TooLate(Exception):
    """The moment came before the answer had ended."""


class Fields(Mapping[str, str]):
    """Header fields by name without case; repeated ones are joined with commas (RFC 9110, 5.3)."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def add(self, name: str, value: str) -> None:
        """Take in one field line."""
        key = name.lower()
        known = self._values.get(key)
        self._values[key] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``is_reusable`` says that the connection may carry another request."""

    status: int
    headers: Fields
    body: bytes
    is_reusable: bool


class _Reading:
    """Takes llhttp's callbacks for one final answer; interim answers (1xx) are passed over."""

    def __init__(self, *, has_no_body: bool, max_body: int) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.headers = Fields()
        self.body = bytearray()
        self.has_head = self.is_whole = self.keeps_alive = False
        self._no_body, self._max = has_no_body, max_body

    def on_message_begin(self) -> None:
        """Another message begins: after the final answer, nobody asked for one."""
        if self.is_whole:
            raise Broken("sent more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field line; bytes beyond ASCII are kept as Latin-1 (RFC 9110, 5.5)."""
        self.headers.add(name.decode("latin-1"), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        """The head has ended: an interim answer is forgotten."""
        status = self.parser.get_status_code()
        if status == 101:
            raise Broken("changed the protocol, which was not asked")
        if status >= 200:
            self.has_head = True
            self.is_whole = self._no_body
            self.keeps_alive = bool(self.parser.should_keep_alive())  # llhttp forgets it with the body's end

    def on_body(self, data: bytes) -> None:
        """A part of the content."""
        if self._no_body:
            raise Broken("sent content in answer to HEAD")
        self.body += data
        if len(self.body) > self._max:
            raise TooLarge

    def on_message_complete(self) -> None:
        """The message has ended."""
        if self.has_head:
            self.is_whole = True
        else:
            self.headers = Fields()

    def feed(self, data: bytes) -> None:
        """Parse what was received; raises Broken or TooLarge."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or Broken("callback") from error
        except httptools.HttpParserError as error:
            raise Broken(str(error)) from error

    def may_end_with_connection(self) -> bool:
        """True where nothing but the end of the connection says where the content ends (RFC 9112, 6.3)."""
        return (
            self.has_head
            and "content-length" not in self.headers
            and "chunked" not in self.headers.get("transfer-encoding", "").lower()
        )


def exchange(
    channel: socket.socket,
    head: bytes,
    body: bytes,
    *,
    method: str,
    deadline: float,
    read: float,
    max_body: int,
) -> Answer:
    """Send one request over a connection and read its answer.

    ``deadline`` is a moment of ``time.monotonic``, ``read`` the longest silence in seconds. Raises OSError
    (also TimeoutError), Broken, TooLarge or TooLate; the connection is then of no use any more.
    """
    _wait_at_most(channel, deadline, read)
    channel.sendall(head + body if len(body) < CHUNK else head)
    if len(body) >= CHUNK:
        channel.sendall(body)
    reading = _Reading(has_no_body=method == "HEAD", max_body=max_body)
    received = 0
    while not reading.is_whole:
        data = _receive(channel, deadline, read, started=received > 0)
        received += len(data)
        if not data:
            if not reading.may_end_with_connection():
                raise Broken("ended in the middle" if received else "closed the connection without an answer")
            return Answer(reading.parser.get_status_code(), reading.headers, bytes(reading.body), False)
        reading.feed(data)
        if not reading.has_head and received > MAX_HEAD:
            raise Broken(f"the head of the answer is over {MAX_HEAD} bytes")
    status = reading.parser.get_status_code()
    return Answer(status, reading.headers, bytes(reading.body), reading.keeps_alive)


def _receive(channel: socket.socket, deadline: float, read: float, *, started: bool) -> bytes:
    _wait_at_most(channel, deadline, read)
    try:
        return channel.recv(CHUNK)
    except TimeoutError:
        if started and time.monotonic() >= deadline:  # it answers, but too slowly
            raise TooLate from None
        raise


def _wait_at_most(channel: socket.socket, deadline: float, read: float) -> None:
    """Bound the next wait of a connection; the same bound again would cost a system call."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate
    seconds = min(left, read)
    if channel.gettimeout() != seconds:
        channel.settimeout(seconds)


class Pool:
    """Open connections to one place, the last used first. Safe for several threads."""

    def __init__(self, connect: Callable[[float], socket.socket]) -> None:
        self._connect = connect  # seconds -> a connected socket
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def take(self, seconds: float) -> socket.socket:
        """An idle connection that the other side has not closed, or a new one."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                channel = self._idle.pop()
            if not _is_readable(channel):
                return channel
            channel.close()  # closed by the other side, or it talks without being asked
        return self._connect(seconds)

    def give_back(self, channel: socket.socket) -> None:
        """Keep a connection for the next request."""
        with self._lock:
            if len(self._idle) < MAX_IDLE:
                self._idle.append(channel)
                return
        channel.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            _close_all(self._idle)


def _close_all(channels: list[socket.socket]) -> None:
    while channels:
        channels.pop().close()


def _is_readable(channel: socket.socket) -> bool:
    poll = select.poll()  # select() cannot take numbers over 1023
    poll.register(channel, select.POLLIN | select.POLLERR | select.POLLHUP)
    return bool(poll.poll(0))
