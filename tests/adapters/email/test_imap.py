"""A mailbox over IMAP: logged in, fetched whole, and emptied when the session ends in order."""

import re
import socketserver
import threading
from collections.abc import Iterator

import pytest

from adapters.connection_spec import FOLDER, ConnectionSpec
from adapters.errors import Misconfigured
from adapters.kinds.email.mailbox import Mailbox

MAIL = b"From: a@b.example\r\nSubject: one\r\n\r\nbody {5}\r\n"


class _Session(socketserver.StreamRequestHandler):
    """As much of IMAP4rev1 as a client needs that takes mail away."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, name, *rest = line.split()
            self.wfile.write(self.answer(name.upper(), b" ".join(rest)) or b"")
            is_out = name.upper() == b"LOGIN" and b"right" not in line
            self.wfile.write(tag + (b" NO denied\r\n" if is_out else b" OK done\r\n"))

    def answer(self, name: bytes, rest: bytes) -> bytes:
        mails: dict[bytes, bytes] = self.server.mails  # type: ignore[attr-defined]
        if name == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if name == b"SELECT":
            return b"* %d EXISTS\r\n" % len(mails)
        if rest.startswith(b"SEARCH"):
            return b"* SEARCH " + b" ".join(mails) + b"\r\n"
        if found := re.match(rb"FETCH (\d+)", rest):
            mail = mails[found[1]]
            return b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (found[1], len(mail), mail)
        if found := re.match(rb"STORE (\d+) \+FLAGS", rest):
            self.server.gone.add(found[1])  # type: ignore[attr-defined]
        if name == b"CLOSE":
            for gone in self.server.gone:  # type: ignore[attr-defined]
                mails.pop(gone)
        return b""


@pytest.fixture
def server() -> Iterator[socketserver.ThreadingTCPServer]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
    server.daemon_threads, server.block_on_close = True, False
    server.mails, server.gone = {b"7": MAIL, b"9": MAIL * 2}, set()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def mailbox(server: socketserver.ThreadingTCPServer, password: str = "right") -> Mailbox:
    url = f"imap://127.0.0.1:{server.server_address[1]}"
    settings = {"mailbox": {"url": url, "starttls": False}, "allow_private": True}
    known = {"mailbox_username": "us", "mailbox_password": password}
    return Mailbox(ConnectionSpec("town", "Town", "email", "", settings, known, FOLDER))


def test_mails_are_fetched_whole_and_taken_away(server: socketserver.ThreadingTCPServer) -> None:
    session = mailbox(server).open(5)
    found = dict(session.mails(10))
    assert found == {"7": MAIL, "9": MAIL * 2}
    session.remove("7")
    session.close()
    assert list(server.mails) == [b"9"]  # type: ignore[attr-defined]


def test_a_wrong_password_is_misconfigured(server: socketserver.ThreadingTCPServer) -> None:
    with pytest.raises(Misconfigured):
        mailbox(server, "wrong").open(5)
