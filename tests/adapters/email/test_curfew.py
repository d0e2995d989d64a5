"""A mail server that drips: the handshake, the greeting and the answers end at the session's one time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest

from adapters.connection_spec import FOLDER, ConnectionSpec
from adapters.errors import Unavailable
from adapters.kinds.email.mailbox import Mailbox
from adapters.kinds.email.smtp import SmtpDoor
from adapters.ports import Wire

SECONDS = 0.6
HELLO = b"\x16\x03\x03\x40\x00"  # the head of a TLS record that never ends


class Dripping:
    """Says ``first`` to each caller, then ``drops`` and more, a byte every 50 ms."""

    def __init__(self, first: bytes, drops: bytes) -> None:
        self.first, self.drops = first, drops
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopping = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while not self.stopping.is_set():
            with suppress(OSError):
                channel, _ = self.listener.accept()
                with channel:
                    self.talk(channel)

    def talk(self, channel: socket.socket) -> None:
        channel.sendall(self.first)
        while b"STARTTLS" in self.first and b"STARTTLS" not in channel.recv(100):
            pass
        for number in range(200):
            if self.stopping.wait(0.05):
                break
            channel.sendall(self.drops[number : number + 1] or b"x")


@pytest.fixture
def drip(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    server = Dripping(*request.param)
    yield server
    server.stopping.set()
    server.listener.close()


def spec(url: str, mailbox: str = "") -> ConnectionSpec:
    settings: dict[str, Any] = {"allow_private": True, "timeouts": {"read": SECONDS}}
    settings["mailbox"] = {"url": mailbox or "pop3s://127.0.0.1:1"}
    known = {"mailbox_username": "us", "mailbox_password": "right"}
    return ConnectionSpec("town", "Town", "email", url, settings, known, FOLDER)


def seconds_of(error: str, call: Any) -> float:
    before = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        call()
    assert error in caught.value.message
    assert caught.value.sent is False
    return time.monotonic() - before


@pytest.mark.parametrize("drip", [(HELLO, b"\x00")], indirect=True)
def test_a_handshake_that_drips(drip: Dripping) -> None:
    door = SmtpDoor(spec(f"smtps://127.0.0.1:{drip.port}"))
    assert seconds_of("timed out", lambda: door.send(EmailMessage(), None, Wire())) < 3 * SECONDS
    box = Mailbox(spec("smtp://127.0.0.1:1", f"imaps://127.0.0.1:{drip.port}"))
    assert seconds_of("timed out", lambda: box.open(None)) < 3 * SECONDS


@pytest.mark.parametrize("drip", [(b"220-hello\r\n220-", b"x")], indirect=True)
def test_a_greeting_that_drips(drip: Dripping) -> None:
    door = SmtpDoor(spec(f"smtp://127.0.0.1:{drip.port}"))
    assert seconds_of("timed out", lambda: door.send(EmailMessage(), None, Wire())) < 3 * SECONDS


@pytest.mark.parametrize("drip", [(b"+OK hello", b"x")], indirect=True)
def test_a_mailbox_that_drips(drip: Dripping) -> None:
    box = Mailbox(spec("smtp://127.0.0.1:1", f"pop3s://127.0.0.1:{drip.port}"))
    assert seconds_of("", lambda: box.open(None)) < 3 * SECONDS
    plain = spec("smtp://127.0.0.1:1", f"pop3://127.0.0.1:{drip.port}")
    assert seconds_of("timed out", lambda: Mailbox(plain).open(None)) < 3 * SECONDS


@pytest.mark.parametrize(
    "drip", [(b"220 town\r\n250-town\r\n250 STARTTLS\r\n220 go\r\n", HELLO)], indirect=True
)
def test_a_change_to_tls_that_drips(drip: Dripping) -> None:
    door = SmtpDoor(spec(f"smtp://127.0.0.1:{drip.port}"))
    assert seconds_of("timed out", lambda: door.send(EmailMessage(), None, Wire())) < 3 * SECONDS
