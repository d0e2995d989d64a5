"""Reading definitions from the files beside this module."""

import json
from pathlib import Path
from typing import Any

from workflows.definitions.checking import DefinitionRefused, Problem, check

HERE = Path(__file__).parent


def read(path: Path) -> dict[str, Any]:
    """Read and check one document; raises DefinitionRefused, which names line or step."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DefinitionRefused([Problem(f"{path.name} line {error.lineno}", error.msg)]) from error
    problems = check(document)
    if problems:
        raise DefinitionRefused(problems)
    return document


def shipped() -> list[dict[str, Any]]:
    """The definitions that come with the project, oldest versions first."""
    documents = [read(path) for path in HERE.glob("*.v*.json")]
    return sorted(documents, key=lambda document: (document["service"], document["version"]))
