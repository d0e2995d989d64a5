"""What the tests with foreign systems share: whether they are installed, and our e-ID over HTTP."""

import shutil
from pathlib import Path

import pytest

from tests.identity.conftest import (  # noqa: F401 - fixtures
    eid,
    eid_role,
    key_file,
    maria,
    portal_client,
)

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node() -> str:
    """The command that runs the npm peers; `make peers` installs them."""
    command = shutil.which("node")
    if command is None:
        pytest.skip("Node.js is not installed (Debian: apt install nodejs npm)")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("the npm peers are not installed: make peers")
    return command
