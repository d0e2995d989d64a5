"""The end of a connection at a set moment, whatever a library waits for on it: total time for many steps."""

import socket
import threading
from contextlib import suppress


class Curfew:
    """Shuts a connection down after so many seconds, in TLS too; what waits on it then fails at once."""

    def __init__(self, channel: socket.socket, seconds: float) -> None:
        self.is_over = False
        self._same = channel.dup()  # stays the connection when TLS takes the socket over
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True
        self._timer.start()

    def lift(self) -> None:
        """The connection has been used as it was meant to be: end it no more."""
        self._timer.cancel()
        self._same.close()

    def _end(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._same.shutdown(socket.SHUT_RDWR)
