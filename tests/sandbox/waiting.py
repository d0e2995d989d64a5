"""Waiting for what another thread does: asked again and again, with a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
_NEVER = threading.Event()


def eventually(ask: Callable[[], Value], seconds: float = 8.0) -> Value:
    """Return the first true answer; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not happen in time"
        _NEVER.wait(0.02)
