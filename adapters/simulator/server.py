"""The HTTP side of an agency: a listener that can really refuse connections and be opened again."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONGEST_BODY = 5_000_000
POLL_SECONDS = 0.5
REOPEN_SECONDS = 15.0  # for a port that was ours and is taken for a moment
HANDSHAKE_SECONDS = 5.0
log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Somebody else listens there. Final: choose another port, or end the other program."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"port {port} for {name} is taken by another program")
        self.name = name
        self.port = port


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, read completely."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Message
    body: bytes
    client: str = ""  # the name on the client's certificate, "" where none was asked for
    target: str = ""  # path and query as they came

    def header(self, name: str) -> str:
        """The header's value, "" where it is absent."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; ``hang_up`` ends the connection without sending it, ``seal`` signs its body."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    seal: Callable[[bytes], bytes] | None = None


Site = Callable[[Request], Response]
Connection = socket.socket | tuple[bytes, socket.socket]  # as socketserver has it


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that closing it ends them too."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site, tls: ssl.SSLContext | None) -> None:
        self.site = site
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, object]:
        """A connection; over TLS one whose handshake is still to come, in its own thread."""
        channel, address = super().get_request()
        if self.tls is not None:
            channel = self.tls.wrap_socket(channel, server_side=True, do_handshake_on_connect=False)
        return channel, address

    def finish_request(self, request: Connection, client_address: object) -> None:
        if isinstance(request, ssl.SSLSocket):
            request.settimeout(HANDSHAKE_SECONDS)
            request.do_handshake()
        super().finish_request(request, client_address)

    def process_request(self, request: Connection, address: object) -> None:
        with self._open_lock:
            if isinstance(request, socket.socket):
                self._open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request: Connection) -> None:
        with self._open_lock:
            if isinstance(request, socket.socket):
                self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End all open connections at once."""
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError as error:
                    log.debug("a connection had ended already: %s", error)

    def handle_error(self, request: object, client_address: object) -> None:
        log.debug("a connection broke off", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AureliaAgency/1.0"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65536  # one packet an answer
    timeout = 60  # seconds an idle connection is kept
    server: _Server

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(Response(411 if "Transfer-Encoding" in self.headers else 413))
            return
        parts = urlsplit(self.path)
        body = self.rfile.read(int(length))
        query = parse_qs(parts.query, keep_blank_values=True)
        request = Request(
            self.command, parts.path, query, self.headers, body, _name(self.connection), self.path
        )
        try:
            response = self.server.site(request)
        except Exception:  # the edge of the server: whatever it is, the caller gets an answer
            log.exception("%s %s failed", self.command, parts.path)
            response = Response(500, b"internal error", "text/plain; charset=utf-8")
        self._send(response)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def _send(self, response: Response) -> None:
        if response.hang_up:
            self.close_connection = True
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def _name(connection: object) -> str:
    """The common name on the certificate that the client showed, "" where it showed none."""
    shown: Any = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    pairs = [pair for group in (shown or {}).get("subject", ()) for pair in group]
    return next((str(value) for kind, value in pairs if kind == "commonName"), "")


class Listener:
    """An HTTP server on loopback that opens and closes; it keeps its port while closed.

    With ``tls`` it speaks HTTPS; whether clients must show a certificate is that context's business.
    """

    def __init__(self, name: str, site: Site, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.name = name
        self.port = port
        self.tls = tls
        self._site = site
        self._server: _Server | None = None
        self._was_open = False

    def open(self) -> None:
        """Listen; raises PortTaken. Port 0 takes a free one, which is kept from then on.

        A port that was ours before may meanwhile serve some other program's call: it is waited for.
        """
        if self._server is not None:
            return
        until = time.monotonic() + (REOPEN_SECONDS if self._was_open else 0)
        while self._server is None:
            try:
                self._server = _Server(("127.0.0.1", self.port), self._site, self.tls)
            except OSError as error:
                if time.monotonic() >= until:
                    raise PortTaken(self.name, self.port) from error
                time.sleep(POLL_SECONDS)
        self._was_open = True
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name=f"{self.name}-http", daemon=True
        ).start()

    def close(self) -> None:
        """Refuse connections from now on and end the open ones."""
        server, self._server = self._server, None
        if server is None:
            return
        ending = threading.Thread(target=server.shutdown)
        ending.start()
        with suppress(OSError):  # wakes the loop; without it the loop looks up within POLL_SECONDS
            socket.create_connection(("127.0.0.1", self.port), timeout=POLL_SECONDS).close()
        ending.join()
        server.server_close()
        server.hang_up()
