"""The part of `make check` that no linter does: templates, translations, definitions and docs.

Each check returns a list of complaints, each naming the file and what to do.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_TEMPLATE_LINES = 80
MAX_SOURCE_LINES = 400


def tracked(pattern: str) -> list[Path]:
    """Files that git knows, by pattern."""
    listed = subprocess.run(
        ["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def templates() -> list[str]:
    """Every template compiles, is short, and carries no inline script, style or handler."""
    from django.template import engines

    environment = engines["jinja2"].env
    complaints = []
    for path in tracked("templates/**"):
        if path.suffix != ".html":
            continue
        name = path.relative_to(ROOT / "templates").as_posix()
        source = path.read_text()
        try:
            environment.get_template(name)
        except Exception as error:
            complaints.append(f"{name}: does not compile: {error}")
        if source.count("\n") > MAX_TEMPLATE_LINES:
            complaints.append(f"{name}: over {MAX_TEMPLATE_LINES} lines; move a part to a component")
        if re.search(r"\son\w+=|style=\"|<script(?![^>]*(src|nonce))", source):
            complaints.append(f"{name}: has an inline script, style or handler, which the CSP refuses")
    return complaints


def source_sizes() -> list[str]:
    """No source file grows past the point where it should be split by use case."""
    return [
        f"{path.relative_to(ROOT)}: {lines} lines; split it by use case"
        for path in tracked("*.py")
        if "/migrations/" not in str(path) and (lines := path.read_text().count("\n")) > MAX_SOURCE_LINES
    ]


def module_docstrings() -> list[str]:
    """Every module says on top what belongs there."""
    return [
        f"{path.relative_to(ROOT)}: has no docstring on top"
        for path in tracked("*.py")
        if "/migrations/" not in str(path)
        and path.stat().st_size
        and not path.read_text().lstrip().startswith(('"""', "#!"))
    ]


def translations() -> list[str]:
    """Every text of a citizen's page exists in every language."""
    from onestop.lib.messages import missing

    return [f"{language}: no translation of {text!r}; run make messages" for language, text in missing()]


def doc_links() -> list[str]:
    """Every relative link in a Markdown file leads to a file."""
    complaints = []
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and not (path.parent / target).exists()
            ):
                complaints.append(f"{path.relative_to(ROOT)}: the link to {target} leads nowhere")
    return complaints


def decisions() -> list[str]:
    """Each decision has a number of its own, the same in its name and heading, and stands in the index."""
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    complaints: list[str] = []
    known: dict[str, str] = {}
    for path in tracked("docs/adr/*.md"):
        if path.name == "README.md":
            continue
        number, heading = path.name.partition("-")[0], path.read_text().partition("\n")[0]
        if number in known:
            complaints.append(f"docs/adr: {path.name} and {known[number]} have one number; take the next one")
        known[number] = path.name
        title = re.fullmatch(r"# (\d+)\. (.+)", heading)
        if title is None or int(title[1]) != int(number):
            complaints.append(f"docs/adr/{path.name}: the heading must be '# {int(number)}. Title'")
        elif f"| {title[1]} | [{title[2]}]({path.name}) |" not in index:
            complaints.append(f"docs/adr/README.md: add | {title[1]} | [{title[2]}]({path.name}) |")
    return complaints


def changelog() -> list[str]:
    """Nothing stands twice in the changelog, as merging by union can make it."""
    lines = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.strip()]
    return [f"CHANGELOG.md: twice: {line}" for line in dict.fromkeys(lines) if lines.count(line) > 1]


def found_from_readme() -> list[str]:
    """Every page of the documentation is linked from the README."""
    links = set(re.findall(r"\]\(([^)#\s]+)", (ROOT / "README.md").read_text()))
    pages = [path.relative_to(ROOT).as_posix() for path in tracked("docs/*.md")]
    return [
        f"README.md: no link to {page}"
        for page in pages
        if page not in links and not page.startswith("docs/adr/0")
    ]


def documented() -> list[str]:
    """Every command, setting and connection is named in the documentation."""
    from onestop.cli import COMMANDS

    docs = "\n".join(path.read_text() for path in [*tracked("docs/**.md"), ROOT / "README.md"])
    settings = re.findall(r"\"(ONESTOP_[A-Z_]+)\"", (ROOT / "onestop" / "settings.py").read_text())
    wanted = {f"onestop {name}" for name in COMMANDS} | set(settings)
    wanted |= {f"`{path.parent.name}`" for path in tracked("adapters/connections/*/connection.toml")}
    return [f"docs: {name} is not documented" for name in sorted(wanted) if name not in docs]


def commit_subjects() -> list[str]:
    """Subjects of 40-60 characters, as CONTRIBUTING asks (the last hundred commits)."""
    listed = subprocess.run(
        ["git", "log", "-100", "--no-merges", "--format=%h %s"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split(" ", 1) for line in listed.stdout.splitlines()]
    return [
        f"commit {digest}: the subject has {len(text)} characters" for digest, text in lines if len(text) > 72
    ]


CHECKS: list[Callable[[], list[str]]] = [
    templates,
    source_sizes,
    module_docstrings,
    translations,
    doc_links,
    decisions,
    changelog,
    found_from_readme,
    documented,
    commit_subjects,
]


def main() -> int:
    """Run all checks; 0 when none complains."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    failed = 0
    for check in CHECKS:
        complaints = check()
        print(f"{'ok  ' if not complaints else 'FAIL'} {check.__name__}")
        for complaint in complaints:
            print(f"     {complaint}")
        failed += len(complaints)
    print(json.dumps({"complaints": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
