"""A foreign system in a process of its own: what it says, line by line, and its end."""

import os
import subprocess
from queue import Empty, Queue
from threading import Thread

PATIENCE = 60.0  # seconds until a line; the machine may be busy


class Process:
    """A running command whose lines are heard as they come; always :meth:`leave` it."""

    def __init__(self, *command: str, folder: str | None = None, **environment: str) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], **environment},
        )
        self._said: Queue[str | None] = Queue()
        self.noise: list[str] = []
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line.rstrip("\n"))
        self._said.put(None)

    def hears(self, word: str) -> str:
        """Return what follows ``word`` on the next line that has it."""
        while True:
            try:
                line = self._said.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"no {word} in {PATIENCE:.0f} s: {self.noise}") from None
            assert line is not None, "\n".join(self.noise)
            if word in line:
                return line.partition(word)[2].strip()
            self.noise.append(line)

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def leave(self) -> None:
        """End the process, wherever it is."""
        self.process.kill()
        self.process.wait(20)
        self._listener.join(20)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
