"""Where the corpus of real contracts and shapes lies: beside the repository, or as ONESTOP_CORPUS says."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the corpus; skips where there is none, fails under ONESTOP_REQUIRE_ALL=1."""
    beside = Path(__file__).parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("ONESTOP_CORPUS") or beside)
    if not folder.is_dir():
        missing = f"no corpus at {folder}; set ONESTOP_CORPUS"
        if os.environ.get("ONESTOP_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return folder
