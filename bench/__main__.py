"""``python -m bench [NAME...]``: run the measurements, print their ratios, write ``bench/results.json``."""

import json
import os
import platform
import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from bench.measuring import Figure

MODULES = ["translation", "contracts", "codec", "soap", "fanout", "gateway", "records", "identity"]
MODULES += ["engine", "large_openapi"]
RESULTS = Path(__file__).parent / "results.json"
README = Path(__file__).parent.parent / "README.md"


def with_table(text: str, figures: list[Figure]) -> str:
    """Return the README's text with the figures between its two marks."""
    rows = ["| Figure | Ratio | Goal, at most | Against |", "|---|---|---|---|"]
    for one in figures:
        goal = "" if one.goal is None else f"{one.goal:g}"
        rows.append(f"| {one.name} | {one.ratio:.2f} | {goal} | {one.against} |")
    table = "\n".join(rows)
    marked = re.compile(r"(<!-- bench:begin -->\n).*?(<!-- bench:end -->)", re.DOTALL)
    return marked.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)


def main(names: list[str]) -> int:
    """Run the modules named, or all; 1 where a goal is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    with tempfile.TemporaryDirectory(prefix="onestop-bench-") as folder:
        os.environ["ONESTOP_DATA_DIR"] = folder
        os.environ["ONESTOP_DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        import django

        django.setup()
        figures = [figure for name in names or MODULES for figure in import_module(f"bench.{name}").measure()]
    print(f"{'':42} {'ratio':>7} {'goal':>6} {'ours':>11} {'theirs':>11}  against")
    for one in figures:
        goal = "" if one.goal is None else f"{one.goal:.2f}"
        print(
            f"{one.name:42} {one.ratio:7.2f} {goal:>6} {one.ours:8.1f} us {one.theirs:8.1f} us  {one.against}"
        )
    if not names:
        machine = {"python": platform.python_version(), "system": platform.system(), "cpus": os.cpu_count()}
        found = {"machine": machine, "figures": [one.as_json() for one in figures]}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        README.write_text(with_table(README.read_text(encoding="utf-8"), figures), encoding="utf-8")
    missed = [one.name for one in figures if one.goal is not None and one.ratio > one.goal]
    for name in missed:
        print(f"goal missed: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
