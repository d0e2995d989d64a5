"""The architecture's contracts hold, and each is shown to break when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("onestop", "adapters", "identity", "workflows")
LINTER = Path(sys.executable).parent / "lint-imports"

# contract -> a file and the line that breaks it
BREACHES = {
    "Imports point down": ("identity/breach.py", "import workflows.models\n"),
    "Identity and adapters do not know each other": ("identity/breach.py", "import adapters.ports\n"),
    "Kinds of adapter do not know each other": (
        "adapters/kinds/rest/breach.py",
        "import adapters.kinds.soap\n",
    ),
    "Kinds and sandbox are private to adapters": ("workflows/breach.py", "import adapters.sandbox\n"),
    "The simulator does not know the agencies that are built on it": (
        "adapters/simulator/breach.py",
        "import adapters.sandbox\n",
    ),
    "Only adapters and identity speak to the outside": ("onestop/portal/breach.py", "import requests\n"),
    "Adapters reach the outside through the egress door alone": (
        "adapters/kinds/rest/breach.py",
        "import requests\n",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter on a copy of the project."""
    return subprocess.run(
        [LINTER, "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's packages and settings in a folder of their own."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "static", "locale", "*.sqlite3"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_project_keeps_its_contracts(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_each_contract_breaks_when_it_is_broken(copy: Path, contract: str) -> None:
    path, line = BREACHES[contract]
    (copy / path).write_text(line)
    result = lint(copy)
    assert result.returncode == 1, result.stdout
    assert f"{contract} BROKEN" in result.stdout
