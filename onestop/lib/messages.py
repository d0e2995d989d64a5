"""Collecting the texts people read, and compiling their translations: `make messages`.

Texts come from Python (gettext and its kin), from Jinja templates, and from data: workflow definitions and
the catalogue, whose texts are English and translated when shown. Pages of staff are in English only so far.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "onestop" / "locale"
SOURCE_LANGUAGE = "en"
DOMAIN = "django"
# A fixed date: running this again without a change of texts changes no file.
STAMP = datetime(2026, 1, 1, tzinfo=UTC)

PYTHON = ("onestop", "identity", "workflows", "adapters")
STAFF_ONLY = (
    "templates/agency/",
    "templates/manage/",
    "templates/base/staff",
    "onestop/agency/",
    "onestop/demo/",
    "onestop/manage/",
    "adapters/sandbox/",
    "adapters/simulator/",
)
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2)}
KEYWORDS |= {"pgettext_lazy": ((1, "c"), 2), "translate": None}
KEYWORDS["record"] = (3,)  # the engine's `record(token, kind, text)`: the lines of a case's timeline
JINJA_OPTIONS = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "newstyle_gettext": "true"}
# Which keys of a JSON document hold texts for people; a list under such a key holds texts too.
DATA = {
    "onestop/catalogue/*.json": {
        "name", "description", "audience", "processing_time", "steps", "keywords", "requirements", "detail",
    },
    "onestop/lib/aurelia/people.json": {"story"},
    "workflows/definitions/*.v*.json": {"title", "label", "hint", "text", "heading", "because", "legalBasis",
        "keepsCasesBecause", "purpose", "tells", "labels", "choices", "role"},
}  # fmt: skip

Found = tuple[str, Any]


def _is_citizens(path: Path) -> bool:
    return not path.relative_to(ROOT).as_posix().startswith(STAFF_ONLY)


def _from_code() -> Iterator[Found]:
    for package in PYTHON:
        for path in sorted((ROOT / package).rglob("*.py")):
            if _is_citizens(path) and "migrations" not in path.parts:
                yield from _extracted("python", path, {})
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if _is_citizens(path):
            yield from _extracted("jinja2.ext:babel_extract", path, JINJA_OPTIONS)


def _extracted(method: str, path: Path, options: dict[str, str]) -> Iterator[Found]:
    for _, message, _, _ in extract_from_file(method, path, KEYWORDS, options=options):
        yield path.relative_to(ROOT).as_posix(), message


def _from_data() -> Iterator[Found]:
    for pattern, keys in DATA.items():
        for path in sorted(ROOT.glob(pattern)):
            document = json.loads(path.read_text(encoding="utf-8"))
            for text in _texts(document, keys):
                yield path.relative_to(ROOT).as_posix(), text


def _texts(value: Any, keys: set[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, keys)
    elif isinstance(value, dict):
        for key, item in value.items():
            for text in _items(item):
                if key in keys and isinstance(text, str) and text:
                    yield text
            yield from _texts(item, keys)


def _items(value: Any) -> list[Any]:
    """What stands under a key: one text, a list of them, or texts by name."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def collect() -> Catalog:
    """Return every text with the files it comes from."""
    catalog = _catalog(None)
    for path, message in [*_from_code(), *_from_data()]:
        catalog.add(message, locations=[(path, None)])  # type: ignore[list-item]
    return catalog


def _catalog(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        domain=DOMAIN,
        project="OneStop",
        version="1",
        fuzzy=False,
        creation_date=STAMP,
        revision_date=STAMP,
        last_translator="OneStop",
        language_team="OneStop",
        msgid_bugs_address="",
        header_comment="# Translations of OneStop: EUPL-1.2.",
    )


def languages() -> list[str]:
    """Return the languages texts are translated to: the folders under locale."""
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir() and path.name != SOURCE_LANGUAGE)


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def merged(language: str, texts: Catalog) -> Catalog:
    """Return the language's catalogue with exactly the texts given, translated where they were before."""
    catalog = _catalog(language)
    before = Catalog(locale=language)
    if _po(language).exists():
        with _po(language).open("rb") as file:
            before = read_po(file, locale=language)
    for message in texts:
        if message.id:
            known = before.get(message.id, message.context)
            catalog.add(
                message.id,
                known.string if known else None,
                locations=message.locations,
                context=message.context,
                flags=message.flags,
            )
    return catalog


def missing() -> list[tuple[str, str]]:
    """Return (language, text) for every text without a translation."""
    texts = collect()
    return [
        (language, str(message.id))
        for language in languages()
        for message in merged(language, texts)
        if message.id and not _is_translated(message.string)
    ]


def _is_translated(string: Any) -> bool:
    return bool(string) and (isinstance(string, str) or all(string))


def main() -> int:
    """Update every language's catalogue, compile it, and say how many texts await a translation."""
    texts = collect()
    for language in languages():
        catalog = merged(language, texts)
        _po(language).parent.mkdir(parents=True, exist_ok=True)
        with _po(language).open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
        with _po(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    absent = missing()
    print(f"{len(texts)} texts, {len(languages())} languages, {len(absent)} translations missing")
    for language, text in absent:
        print(f"  {language}: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
