"""The worker processes of the soak, and their violent deaths."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Workers:
    """Some real workers, each a process of its own; one that is killed is replaced at once."""

    def __init__(self, count: int, threads: int, environment: dict[str, str], log: Path, seed: int) -> None:
        self._command = [sys.executable, "-m", "onestop", "worker", "--threads", str(threads)]
        self._environment = environment
        self._log = log.open("ab")
        self._random = random.Random(seed)
        self.killed = 0
        self.ended: list[int] = []  # exit codes of workers that ended by themselves
        self._running = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, env=self._environment, cwd=ROOT, stdout=self._log, stderr=self._log
        )

    def kill_one(self) -> None:
        """End one by SIGKILL, whatever it is at, and start another."""
        place = self._random.randrange(len(self._running))
        victim = self._running[place]
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        self.killed += 1
        self._running[place] = self._start()

    def look(self) -> None:
        """Replace those that ended by themselves, and remember that they did."""
        for place, process in enumerate(self._running):
            code = process.poll()
            if code is not None:
                self.ended.append(code)
                self._running[place] = self._start()

    def stop(self) -> None:
        """Ask all to stop; those that do not within a time are ended."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.close()
