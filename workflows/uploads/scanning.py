"""Asking ClamAV what it thinks of bytes: clamd's INSTREAM over TCP or a Unix socket, as its manual describes.

``ONESTOP_CLAMD`` says where it is: ``127.0.0.1:3310`` or ``/run/clamav/clamd.ctl``; empty means that files
are not scanned, which the checks of a deployment complain about.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings

SECONDS = 30.0
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """``virus`` names what was found, "" for nothing."""

    virus: str = ""


class NotScanned(Exception):
    """The scanner is down, refuses the size, or says what is not understood. Try again later."""


def is_configured() -> bool:
    """Whether there is a scanner."""
    return bool(settings.CLAMD)


def scan(content: bytes) -> Verdict:
    """Return the scanner's verdict; raises NotScanned."""
    try:
        with _connected() as line:
            with suppress(BrokenPipeError, ConnectionResetError):  # it hung up: it says why before it does
                _send(line, content)
            said = _answer(line)
    except OSError as error:
        raise NotScanned(f"the scanner does not answer: {error}") from error
    if said == "stream: OK":
        return Verdict()
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(said[len("stream: ") : -len(" FOUND")])
    raise NotScanned(f"the scanner says {said[:120]!r}")


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        line.sendall(len(part).to_bytes(4, "big") + part)
    line.sendall((0).to_bytes(4, "big"))


@contextmanager
def _connected() -> Iterator[socket.socket]:
    where: str = settings.CLAMD
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address: str | tuple[str, int] = where
    else:
        host, _, port = where.rpartition(":")
        line, address = socket.socket(socket.AF_INET, socket.SOCK_STREAM), (host, int(port))
    with line:
        line.settimeout(SECONDS)
        line.connect(address)
        yield line


def _answer(line: socket.socket) -> str:
    received = b""
    while len(received) < 4096 and not received.endswith(b"\0"):
        part = line.recv(1024)
        if not part:
            break
        received += part
    return received.rstrip(b"\0\n").decode(errors="replace")
