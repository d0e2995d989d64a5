"""PostgreSQL tells its workers that jobs are ready: one connection that does nothing but listen."""

import logging
import threading
from collections.abc import Callable

import psycopg
from django.db import connection

from workflows.dispatch.announcing import CHANNEL

log = logging.getLogger(__name__)
LOOK_FOR_THE_END = 0.5  # seconds
PAUSE = 2.0  # before the connection is tried anew


class Listener(threading.Thread):
    """Calls ``wake`` at each announcement. While it cannot listen, the workers look by themselves."""

    def __init__(self, wake: Callable[[], None]) -> None:
        super().__init__(name="listener", daemon=True)
        self._wake = wake
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()

    def run(self) -> None:
        """Listen until stopped, over a new connection where one breaks."""
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error:
                log.exception("nobody tells of new jobs: they are found by looking")
                self._stopping.wait(PAUSE)

    def _listen(self) -> None:
        parameters = {**connection.get_connection_params(), "autocommit": True}
        parameters.pop("cursor_factory", None)
        parameters.pop("context", None)
        with psycopg.connect(**parameters) as listening:
            listening.execute(f"LISTEN {CHANNEL}")
            self._wake()  # what came before is looked for once
            while not self._stopping.is_set():
                for _ in listening.notifies(timeout=LOOK_FOR_THE_END, stop_after=1):
                    self._wake()
