"""Reading definitions from the files beside this module."""

import json
from pathlib import Path
from typing import Any

from workflows.definitions.checking import DefinitionRefused, Problem, check

HERE = Path(__file__).parent


def parsed(path: Path) -> dict[str, Any]:
    """Read one document with the tables that it names; raises DefinitionRefused, which names the line."""
    document = _json(path)
    tables = document.get("tables")
    if isinstance(tables, dict):
        document["tables"] = {name: _table(path, one) for name, one in tables.items()}
    return document


def _table(path: Path, named: Any) -> Any:
    """A table as it stands in the document, or from the file beside it that the document names."""
    if not isinstance(named, str):
        return named
    place = (path.parent / named).resolve()
    if not place.is_relative_to(path.parent.resolve()) or not place.is_file():
        raise DefinitionRefused([Problem(f"{path.name} tables", f"there is no file {named!r} beside it")])
    return _json(place)


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DefinitionRefused([Problem(f"{path.name} line {error.lineno}", error.msg)]) from error
    except UnicodeDecodeError as error:
        raise DefinitionRefused([Problem(path.name, "is not UTF-8", "save it as UTF-8")]) from error
    if not isinstance(document, dict):
        raise DefinitionRefused([Problem(path.name, "is no JSON object")])
    return document


def read(path: Path) -> dict[str, Any]:
    """Read and check one document; raises DefinitionRefused, which names line or step."""
    document = parsed(path)
    problems = check(document)
    if problems:
        raise DefinitionRefused(problems)
    return document


def shipped() -> list[dict[str, Any]]:
    """The definitions that come with the project, oldest versions first."""
    documents = [read(path) for path in HERE.glob("*.v*.json")]
    return sorted(documents, key=lambda document: (document["service"], document["version"]))
