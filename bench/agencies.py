"""The fictional agencies in a process of their own, so that their CPU does not count as ours."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters import registry
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.ports import Adapter

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def agencies(*modes: str, **switches: Any) -> Iterator[dict[str, Any]]:
    """Run them until the block ends; gives ``urls`` and ``credentials`` by key. ``signed``: as they are."""
    command = [sys.executable, "-m", "bench.server", json.dumps(switches), *modes]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the agencies have no pipes")
        yield json.loads(process.stdout.readline())
        process.stdin.close()  # they stop when their input ends


def adapter(key: str, running: dict[str, Any], *, signed: bool = False) -> Adapter:
    """The adapter of a connection to the running agencies, without WS-Security unless asked for."""
    settings = read_toml(key, FOLDER / key / "connection.toml")
    if not signed:
        settings.pop("security", None)
    credentials = running["credentials"].get(key, {})
    url = running["urls"].get(key, "")
    return registry.build(
        ConnectionSpec(key, settings["name"], settings["kind"], url, settings, credentials, FOLDER / key)
    )
