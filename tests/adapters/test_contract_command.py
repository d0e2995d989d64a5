"""`onestop contract` as a process of its own: it needs no database, not even where it fetches."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from adapters.connection_spec import FOLDER
from adapters.simulator.server import Listener, Request, Response


@pytest.fixture
def published() -> Iterator[str]:
    """The address of a contract on loopback."""
    body = (FOLDER / "tax" / "tax.openapi.json").read_bytes()

    def answer(request: Request) -> Response:
        return Response(200, body, "application/json")

    listener = Listener("contracts", answer)
    listener.open()
    yield f"http://127.0.0.1:{listener.port}/tax.openapi.json"
    listener.close()


def test_a_contract_is_fetched_without_django(published: str) -> None:
    bare = {name: text for name, text in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "onestop", "contract", "inspect", published, "--fetch"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, env=bare, check=False)
    assert refused.returncode == 2
    assert "private" in refused.stderr
    ended = subprocess.run(
        [*command, "--allow-private"], capture_output=True, text=True, timeout=60, env=bare, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "updateDomicile" in ended.stdout
