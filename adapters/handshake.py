"""The TLS handshake, with one time for all of it: a server may drip it byte by byte."""

import select
import ssl
import time
from socket import socket


def secured(channel: socket, context: ssl.SSLContext, host: str, deadline: float) -> ssl.SSLSocket:
    """Shake hands by a moment of ``time.monotonic``; raises OSError (also SSLError and TimeoutError)."""
    try:
        wrapped = context.wrap_socket(channel, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        channel.close()
        raise
    try:
        _shake_hands(wrapped, deadline)
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def _shake_hands(wrapped: ssl.SSLSocket, deadline: float) -> None:
    wrapped.setblocking(False)
    while True:
        poll = select.poll()
        try:
            wrapped.do_handshake()
            break
        except ssl.SSLWantReadError:
            poll.register(wrapped, select.POLLIN)
        except ssl.SSLWantWriteError:
            poll.register(wrapped, select.POLLOUT)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError("timed out")
    wrapped.setblocking(True)
