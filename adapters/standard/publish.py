"""The standard as files: JSON Schema 2020-12, the JSON-LD context and the reference page, from one source."""

import json
from pathlib import Path
from typing import Any

from adapters.standard import TYPES
from adapters.standard.base import VOCABULARY, Canonical, expand
from adapters.standard.jsonld import context, extra

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(model: type[Canonical]) -> dict[str, Any]:
    """The JSON Schema 2020-12 of one type, complete in itself."""
    schema = model.model_json_schema(by_alias=True)
    return {
        "$schema": DIALECT,
        "$id": f"{VOCABULARY}schema/{model.__name__}.json",
        **schema,
        "x-term": expand(model.TERM),
    }


def reference() -> str:
    """The reference page in Markdown: every type, every field, its meaning and its term."""
    return "\n".join(["# The common data standard", "", INTRODUCTION, "", *(_section(t) for t in TYPES)])


INTRODUCTION = (
    "Made by `onestop standard export`; do not edit. Names and meanings are those of the SEMIC Core "
    "Vocabularies where they have them; the rest is our extension. Unknown fields are refused."
)


def _section(model: type[Canonical]) -> str:
    meaning = (model.__doc__ or "").strip()
    head = [f"## {model.__name__}", "", meaning, "", f"Term: <{expand(model.TERM)}>", ""]
    rows = ["| Field | Required | Meaning | Term |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        needed = "yes" if field.is_required() else "no"
        rows.append(
            f"| `{field.alias or name}` | {needed} | {field.description} | <{extra(field)['x-term']}> |"
        )
    return "\n".join([*head, *rows, ""])


def files() -> dict[str, str]:
    """Every exported file by its relative path."""
    made = {f"schema/{model.__name__}.json": _json(json_schema(model)) for model in TYPES}
    return {**made, "context.jsonld": _json(context(TYPES)), "reference.md": reference()}


def export(directory: Path) -> list[Path]:
    """Write all files under ``directory``; raises OSError where it cannot."""
    written = []
    for name, text in files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
