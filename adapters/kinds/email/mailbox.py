"""Fetching what lies in our mailbox over POP3 (RFC 1939) or IMAP (RFC 9051), never more than a limit."""

import imaplib
import poplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from adapters import pinning
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError, Misconfigured, Unavailable
from adapters.kinds.email import pinned
from adapters.kinds.email.pinned import Line
from adapters.tls import client_context

PORTS = {"pop3": 110, "pop3s": 995, "imap": 143, "imaps": 993}
LARGEST = 15_000_000  # bytes of one mail; of a larger one the beginning is kept, for a person
BEGINNING = 200  # lines
BROKEN = (OSError, EOFError, poplib.error_proto, imaplib.IMAP4.error)  # how a session fails


class Session(Protocol):
    """An open mailbox."""

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        """The name that the server has for each mail, and the mail."""
        ...

    def remove(self, name: str) -> None:
        """Take a mail away; it is gone once the session is closed in order."""
        ...

    def close(self) -> None:
        """End the session."""
        ...


class Mailbox:
    """The way to one mailbox, as the table ``[mailbox]`` says."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        table = spec.option("mailbox")
        address = spec.credentials.get("mailbox_url") or table.get("url", "")
        parts = urlsplit(address)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Misconfigured(spec.key, f"the mailbox {address!r} is not pop3s://host:port or imaps://…")
        self.scheme, self.host = parts.scheme, parts.hostname
        self.port = parts.port or PORTS[parts.scheme]
        self.allowed = pinning.allowed_by(spec)
        self.starttls = bool(table.get("starttls", True))
        self.folder = str(table.get("folder", "INBOX"))
        self.seconds = spec.option("timeouts", {}).get("read", settings.EXCHANGE_READ_SECONDS)
        self.tls = client_context(spec)
        self.username = spec.credential("mailbox_username")
        self.password = spec.credential("mailbox_password")

    def open(self, timeout: float | None) -> Session:
        """Log in; raises Unavailable or Misconfigured."""
        seconds = min(self.seconds, timeout) if timeout is not None else self.seconds
        tls = self.tls if self.scheme.endswith("s") else None
        line = Line(self.key, self.host, self.port, self.allowed, seconds, tls)
        try:
            return self._pop3(line) if self.scheme.startswith("pop3") else self._imap(line)
        except BaseException as error:
            line.hang_up()
            if isinstance(error, BROKEN):
                raise self._failure(line, error) from error
            raise

    def _failure(self, line: Line, error: Exception) -> AdapterError:
        said = str(error).lower()
        is_refused = isinstance(error, poplib.error_proto | imaplib.IMAP4.error)
        if is_refused and not isinstance(error, imaplib.IMAP4.abort) and line.is_in_time:
            if "temp" in said or "in-use" in said:
                return Unavailable(self.key, f"the mailbox is out of order: {error}", sent=False)
            return Misconfigured(self.key, f"the mailbox refuses us: {error}")
        if isinstance(error, ssl.SSLCertVerificationError):
            return Unavailable(self.key, f"no secure connection: {error.verify_message}", sent=False)
        return Unavailable(self.key, f"no connection to the mailbox: {line.why(error)}", sent=False)

    def _pop3(self, line: Line) -> Session:
        server = pinned.pop3(line)
        try:
            if self.scheme == "pop3" and self.starttls:
                server.stls(self.tls)
            server.user(self.username)
            server.pass_(self.password)
        except BaseException:
            server.close()
            raise
        return Pop3(server, line)

    def _imap(self, line: Line) -> Session:
        server = pinned.imap(line)
        try:
            if self.scheme == "imap" and self.starttls:
                server.starttls(self.tls)
            server.login(self.username, self.password)
            kind, _ = server.select(f'"{self.folder}"')
            if kind != "OK":
                raise Misconfigured(self.key, f"the mailbox has no folder {self.folder!r}")
        except BaseException:
            server.shutdown()
            raise
        return Imap(server, line)


class Pop3:
    """A mailbox over POP3; its mails are named by UIDL."""

    def __init__(self, server: poplib.POP3, line: Line) -> None:
        self.server, self.line = server, line
        self.numbers: dict[str, int] = {}

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        sizes = dict(_pair(line) for line in self.server.list()[1])
        names = [_pair(line) for line in self.server.uidl()[1]][:most]
        for number, name in names:
            self.numbers[name] = int(number)
            is_large = int(sizes.get(number, "0")) > LARGEST
            lines = (
                self.server.top(int(number), BEGINNING)[1] if is_large else self.server.retr(int(number))[1]
            )
            yield name, b"\r\n".join(lines) + b"\r\n"

    def remove(self, name: str) -> None:
        self.server.dele(self.numbers[name])

    def close(self) -> None:
        with suppress(poplib.error_proto, OSError, EOFError):
            self.server.quit()
        self.server.close()
        self.line.hang_up()


class Imap:
    """A mailbox over IMAP; its mails are named by UID."""

    def __init__(self, server: imaplib.IMAP4, line: Line) -> None:
        self.server, self.line = server, line

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        _, found = self.server.uid("SEARCH", "UNDELETED")
        for name in (found[0] or b"").split()[:most]:
            uid = name.decode("ascii")
            _, parts = self.server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
            for part in parts:
                if isinstance(part, tuple):
                    yield uid, part[1]

    def remove(self, name: str) -> None:
        self.server.uid("STORE", name, "+FLAGS.SILENT", "(\\Deleted)")

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self.server.close()  # expunges
            self.server.logout()
        self.line.hang_up()


def _pair(line: bytes) -> tuple[str, str]:
    first, _, second = line.decode("ascii", "replace").partition(" ")
    return first, second.strip()
