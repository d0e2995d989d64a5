"""The demo's child processes: started apart from the terminal, watched, and ended together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from onestop.demo.plan import Program

STOP_SECONDS = 6.0
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux a child is told to end when the supervisor is killed; elsewhere there is no such call."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One running program with its log file."""

    def __init__(self, program: Program, log_folder: Path) -> None:
        self.program = program
        self.log_path = log_folder / f"{program.name}.log"
        self.started_at = time.monotonic()
        self._log: IO[bytes] = self.log_path.open("ab")
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            program.command,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, for a person."""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-count:])

    def terminate(self) -> None:
        """Ask it, and what it started itself, to end."""
        self._signal(signal.SIGTERM)

    def finish(self, deadline: float) -> None:
        """Wait until ``deadline`` (monotonic seconds), then end it by force."""
        try:
            self._process.wait(max(0.05, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._log.close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return  # it ended by itself a moment ago


def stop_all(children: list[Child]) -> None:
    """End all of them together; none outlives six seconds."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.finish(deadline)
