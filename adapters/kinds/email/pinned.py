"""The standard library's mail clients, connecting to the address that was judged and to no other."""

import imaplib
import poplib
import smtplib
import socket
import ssl
from collections.abc import Callable

Connect = Callable[[], socket.socket]  # a socket to the judged address, in TLS where the scheme says so


def connector(connect: Connect, tls: ssl.SSLContext | None, host: str) -> Connect:
    """Connect, and change to TLS at once where there is a context."""
    if tls is None:
        return connect

    def secured() -> socket.socket:
        channel = connect()
        try:
            return tls.wrap_socket(channel, server_hostname=host)
        except BaseException:
            channel.close()
            raise

    return secured


def smtp(connect: Connect, host: str, port: int, seconds: float) -> smtplib.SMTP:
    """A mail client; raises what smtplib raises."""

    class Client(smtplib.SMTP):
        def _get_socket(self, _host: str, _port: int, timeout: float) -> socket.socket:
            return connect()

    return Client(host, port, timeout=seconds)


def pop3(connect: Connect, host: str, port: int, seconds: float) -> poplib.POP3:
    """A mailbox client; raises what poplib raises."""

    class Client(poplib.POP3):
        def _create_socket(self, timeout: float) -> socket.socket:
            return connect()

    return Client(host, port, timeout=seconds)


def imap(connect: Connect, host: str, port: int, seconds: float) -> imaplib.IMAP4:
    """A mailbox client; raises what imaplib raises."""

    class Client(imaplib.IMAP4):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            return connect()

    return Client(host, port, timeout=seconds)
