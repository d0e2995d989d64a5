"""The standard library's mail clients, connecting to the address that was judged and to no other.

A session has one time for all of it (its curfew): a server that drips its handshake or its answers byte by
byte holds nobody longer. What is then waited for fails as a connection that was closed.
"""

import imaplib
import poplib
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass, field

from adapters import handshake, pinning
from adapters.curfew import Curfew


@dataclass
class Line:
    """The way to one mail server for one session of at most ``seconds``; TLS at once where there is one."""

    key: str
    host: str
    port: int
    allowed: pinning.Allowed
    seconds: float
    tls: ssl.SSLContext | None
    curfew: Curfew | None = field(default=None, init=False)
    channel: socket.socket | None = field(default=None, init=False)

    def connect(self) -> socket.socket:
        """A socket to the judged address, ready for the protocol; raises what pinning and TLS raise."""
        deadline = time.monotonic() + self.seconds
        channel = pinning.connect(self.key, self.host, self.port, seconds=self.seconds, allowed=self.allowed)
        self.curfew = Curfew(channel, deadline - time.monotonic())
        if self.tls is not None:
            channel = handshake.secured(channel, self.tls, self.host, deadline)
        channel.settimeout(self.seconds)
        self.channel = channel
        return channel

    def hang_up(self) -> None:
        """The session is over: close what a library may have left open, and lift the curfew."""
        if self.channel is not None:
            self.channel.close()
        if self.curfew is not None:
            self.curfew.lift()

    def why(self, error: BaseException) -> str:
        """What to say of a failure: that the time was up, where it was."""
        is_late = isinstance(error, TimeoutError) or not self.is_in_time
        return "timed out" if is_late else str(error) or "closed"

    @property
    def is_in_time(self) -> bool:
        """False once the session was ended because its time was up."""
        return self.curfew is None or not self.curfew.is_over


def smtp(line: Line) -> smtplib.SMTP:
    """A mail client; raises what smtplib raises."""

    class Client(smtplib.SMTP):
        def _get_socket(self, _host: str, _port: int, timeout: float) -> socket.socket:
            return line.connect()

    return Client(line.host, line.port, timeout=line.seconds)


def pop3(line: Line) -> poplib.POP3:
    """A mailbox client; raises what poplib raises."""

    class Client(poplib.POP3):
        def _create_socket(self, timeout: float) -> socket.socket:
            return line.connect()

    return Client(line.host, line.port, timeout=line.seconds)


def imap(line: Line) -> imaplib.IMAP4:
    """A mailbox client; raises what imaplib raises."""

    class Client(imaplib.IMAP4):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            return line.connect()

    return Client(line.host, line.port, timeout=line.seconds)
