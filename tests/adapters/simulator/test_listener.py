"""A listener keeps its port: one that another program uses for a moment is waited for, a first one is not."""

import socket
import threading
import time
from typing import Any

import pytest

from adapters.simulator.server import Listener, PortTaken


def nobody(*_args: Any) -> Any:
    raise AssertionError("nobody calls")


def test_a_port_that_is_taken_for_a_moment_is_waited_for() -> None:
    listener = Listener("npr", nobody)
    listener.open()
    listener.close()
    other = socket.create_server(("127.0.0.1", listener.port))
    threading.Timer(0.7, other.close).start()
    began = time.monotonic()
    listener.open()
    try:
        assert time.monotonic() - began >= 0.5
        socket.create_connection(("127.0.0.1", listener.port), timeout=2).close()
    finally:
        listener.close()


def test_a_taken_port_is_named_at_the_first_opening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortTaken, match="taken"):
        Listener("npr", nobody, other.getsockname()[1]).open()
