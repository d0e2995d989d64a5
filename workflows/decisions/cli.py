"""``onestop decision check|run|import|export FILE``: tables (JSON) and models (DMN) on the command line."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onestop.lib.markup import write_markup
from workflows.decisions.checking import check_table
from workflows.decisions.deciding import Undecided
from workflows.decisions.dmn import Model, ModelRefused, Run, export_table, import_tables, read_model
from workflows.decisions.dmn.running import prepared
from workflows.decisions.document import JSON, TableRefused, read_table
from workflows.decisions.table import compile_table
from workflows.expressions import Budget, BudgetSpent, plain


def main(arguments: list[str]) -> int:
    """Run the command; 0 where all is well, 1 where a file has problems, 2 for a wrong call."""
    parser = argparse.ArgumentParser("onestop decision", description="check, run, exchange decisions")
    parser.add_argument("verb", choices=["check", "run", "import", "export"])
    parser.add_argument("file", type=Path, help="a table (.json) or a model (.dmn)")
    parser.add_argument("--given", default="{}", help="run: the case's data as JSON, or @FILE")
    parser.add_argument("--decision", default="", help="run: the decision of a model; all of them without it")
    parser.add_argument("--now", default="", help="run: what now() gives, such as 2026-03-01T12:00:00+00:00")
    parser.add_argument(
        "--with", dest="others", action="append", default=[], type=Path, help="a model it needs"
    )
    parser.add_argument("--into", type=Path, help="import, export: a file or folder to write to")
    options = parser.parse_args(arguments)
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "check": _check,
        "run": _run,
        "import": _import,
        "export": _export,
    }
    try:
        return verbs[options.verb](options)
    except (TableRefused, ModelRefused) as refused:
        return _told(refused.problems)
    except OSError as error:
        return _told([f"{error.filename}: {error.strerror}"])
    except json.JSONDecodeError as error:
        return _told([f"line {error.lineno}, column {error.colno}: {error.msg}"])


def _told(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in {".dmn", ".xml"}


def _model(options: argparse.Namespace) -> Model:
    others: list[Model] = []
    for path in options.others:
        others.append(read_model(path.read_bytes(), others))
    return read_model(options.file.read_bytes(), others)


def _table(path: Path) -> JSON:
    found: JSON = json.loads(path.read_text(encoding="utf-8"))
    return found


def _check(options: argparse.Namespace) -> int:
    if not _is_model(options.file):
        return _check_table(_table(options.file))
    model = _model(options)
    problems = [f"{node.name!r}: {one}" for node in model.nodes.values() for one in _unread(model, node)]
    for loss in model.losses:
        print(f"not carried out: {loss}")
    for document in import_tables(model).tables:
        print(f"table {document['title']!r}:")
        _check_table(document)
    return _told(problems)


def _unread(model: Model, node: Any) -> list[str]:
    return prepared(model, node).problems if node.kind in {"decision", "knowledge"} else []


def _check_table(document: JSON) -> int:
    checked = check_table(document)
    for finding in checked.findings:
        print(f"look at: {finding}")
    if not checked.problems:
        print(f"in order; rows: {len(document['rows'])}, golden rows: {len(document.get('golden', []))}")
    return _told(checked.problems)


def _run(options: argparse.Namespace) -> int:
    source = options.given
    given = json.loads(Path(source[1:]).read_text(encoding="utf-8") if source.startswith("@") else source)
    now = datetime.fromisoformat(options.now) if options.now else datetime.now(UTC)
    try:
        if not _is_model(options.file):
            found = compile_table(_table(options.file)).decide(given, now=now)
            return _shown({"outputs": found.outputs, "why": found.why})
        return _run_model(_model(options), options.decision, given, now)
    except Undecided as undecided:
        _shown({"outputs": None, "why": undecided.why})
        return _told([undecided.reason])
    except BudgetSpent as error:
        return _told([str(error)])


def _run_model(model: Model, wanted: str, given: JSON, now: datetime) -> int:
    run = Run(model, given, now=now)
    names = [wanted] if wanted else [node.name for node in model.of_kind("decision")]
    unknown = [name for name in names if name not in {node.name for node in model.of_kind("decision")}]
    if unknown:
        there = ", ".join(node.name for node in model.of_kind("decision"))
        return _told([f"there is no decision {unknown[0]!r}; there are {there}"])
    _shown({name: plain(run.decide(name), Budget(100_000)) for name in names})
    return _told(run.problems)


def _shown(value: Any) -> int:
    print(json.dumps(value, indent=2, ensure_ascii=False))
    return 0


def _import(options: argparse.Namespace) -> int:
    found = import_tables(_model(options))
    for loss in found.losses:
        print(f"lost: {loss}", file=sys.stderr)
    for document in found.tables:
        if options.into is None:
            _shown(document)
            continue
        options.into.mkdir(parents=True, exist_ok=True)
        path = options.into / f"{document['table']}.json"
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(path)
    return 0 if found.tables else _told(["the model has no decision table that could be read"])


def _export(options: argparse.Namespace) -> int:
    if _is_model(options.file):  # as it was read, with what we do not know
        body = write_markup(_model(options).markup)
    else:
        body = export_table(read_table(_table(options.file)))
    if options.into is None:
        sys.stdout.write(body.decode())
    else:
        options.into.write_bytes(body)
        print(options.into)
    return 0
