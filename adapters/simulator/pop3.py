"""A POP3 server over TLS (RFC 1939, RFC 8314) with one mailbox: where answers to the portal's mails lie."""

import hmac
import logging
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from adapters.simulator.server import PortTaken

log = logging.getLogger(__name__)


class Letters(Protocol):
    """The mailbox behind the server."""

    def list(self) -> dict[str, bytes]:
        """All mails by their lasting names."""
        ...

    def remove(self, name: str) -> None:
        """Take one away."""
        ...


class _Session(socketserver.StreamRequestHandler):
    """One client, from greeting to QUIT; what was deleted is gone at QUIT only."""

    server: "_Server"
    timeout = 30

    def handle(self) -> None:
        self.user, self.open = "", False
        self.mails: list[tuple[str, bytes]] = []
        self.gone: set[str] = set()
        self._say("+OK Vestvik's post office")
        with suppress(OSError):
            while (line := self.rfile.readline(1000)) and self._answer(
                line.decode("ascii", "replace").split()
            ):
                self.wfile.flush()

    def _say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def _answer(self, words: list[str]) -> bool:
        name = (words[0] if words else "").lower()
        if name == "quit":
            for gone in self.gone:
                self.server.letters.remove(gone)
            self._say("+OK")
            return False
        if name in ("user", "pass", "capa", "noop"):
            self._greet(name, words[1] if len(words) > 1 else "")
        elif not self.open:
            self._say("-ERR log in first")
        elif name in ("stat", "list", "uidl"):
            self._index(name)
        elif name in ("retr", "top", "dele"):
            self._mail(name, words[1:])
        else:
            self._say("-ERR unknown")
        return True

    def _greet(self, name: str, word: str) -> None:
        if name == "capa":
            self._say("+OK", "USER", "UIDL", "TOP", ".")
        elif name == "user":
            self.user = word
            self._say("+OK")
        elif name == "pass":
            self.open = self.server.let_in(self.user, word)
            self.mails = list(self.server.letters.list().items()) if self.open else []
            self._say("+OK" if self.open else "-ERR no such mailbox")
        else:
            self._say("+OK")

    def _index(self, name: str) -> None:
        if name == "stat":
            self._say(f"+OK {len(self.mails)} {sum(len(mail) for _, mail in self.mails)}")
            return
        left = [one for one in enumerate(self.mails, 1) if one[1][0] not in self.gone]
        rows = [f"{number} {uid if name == 'uidl' else len(mail)}" for number, (uid, mail) in left]
        self._say("+OK", *rows, ".")

    def _mail(self, name: str, numbers: list[str]) -> None:
        at = int(numbers[0]) - 1 if numbers and numbers[0].isdecimal() else -1
        if not 0 <= at < len(self.mails) or self.mails[at][0] in self.gone:
            self._say("-ERR no such mail")
        elif name == "dele":
            self.gone.add(self.mails[at][0])
            self._say("+OK")
        else:
            lines = self.mails[at][1].split(b"\r\n")
            self._say("+OK", *(b"." + line if line.startswith(b".") else line for line in lines), ".")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(
        self, port: int, tls: ssl.SSLContext, letters: Letters, let_in: Callable[[str, str], bool]
    ) -> None:
        self.tls, self.letters, self.let_in = tls, letters, let_in
        super().__init__(("127.0.0.1", port), _Session)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        connection.settimeout(10)
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        log.debug("a session broke off", exc_info=True)


class Pop3Listener:
    """The server, opened and closed; it keeps its port while closed."""

    def __init__(self, port: int, tls: ssl.SSLContext, letters: Letters, user: str, secret: str) -> None:
        self.port = port
        self._tls, self._letters = tls, letters
        self._account = f"{user}:{secret}".encode()
        self._server: _Server | None = None

    def open(self) -> None:
        """Listen; raises PortTaken."""
        if self._server is not None:
            return
        try:
            self._server = _Server(self.port, self._tls, self._letters, self._let_in)
        except OSError as error:
            raise PortTaken("the post office", self.port) from error
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="pop3", daemon=True).start()

    def close(self) -> None:
        """Refuse connections from now on."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def _let_in(self, user: str, secret: str) -> bool:
        return hmac.compare_digest(f"{user}:{secret}".encode(), self._account)
