"""``python -m bench.canned``: an HTTP server that gives one canned answer after a pause, as fast as it can.

Prints its port, serves until standard input ends. The pause is in seconds, the answer a file.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Canned(asyncio.Protocol):
    """Reads requests by their length alone, answers each the same."""

    def __init__(self, answer: bytes, pause: float) -> None:
        self._answer, self._pause, self._seen = answer, pause, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes came: each whole request is answered in its turn."""
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._seen) < end + 4 + length:
                return
            self._seen = self._seen[end + 4 + length :]
            asyncio.get_running_loop().call_later(self._pause, self._write)

    def _write(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._answer)  # type: ignore[attr-defined]


async def _serve(body: bytes, kind: str, pause: float) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Canned(head + body, pause), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def canned(body: bytes, kind: str, pause: float = 0.0) -> Iterator[str]:
    """Run one in a process of its own until the block ends; gives its address."""
    command = [sys.executable, "-m", "bench.canned", body.hex(), kind, str(pause)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the server has no pipes")
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve(bytes.fromhex(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
