"""Contracts damaged at random, the same way each time: read, or refused as such; never another error."""

import copy
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.connection_spec import FOLDER
from adapters.contracts import bundle, wsdl
from adapters.contracts.violation import ContractUnreadable
from adapters.inspection.listing import listing
from adapters.samples.source import read
from adapters.xsd.components import NotCompiled

ROUNDS = 150
TEXTS = ["npr/npr.wsdl", "vdr/vdr.wsdl", "laa/laa.xsd", "tax/tax.openapi.json", "sia/sia.layout.toml"]
VALUES: list[Any] = [
    None,
    -1,
    1.5,
    True,
    "",
    "x",
    [],
    {},
    [None],
    {"$ref": 1},
    {"$ref": "#"},
    {"allOf": 3},
    {"a": {}},
]


def is_read(path: Path) -> bool:
    """True where it is read whole, False where it is refused; any other error is the test's failure."""
    try:
        listing("x", read(path), everything=True)
    except (ContractUnreadable, NotCompiled):
        return False
    return True


def damaged(text: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(text)), chance.randrange(1, 60)
    words = re.findall(rb"[\w:{}]+", text)
    return chance.choice(
        [
            text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :],
            text[:at] + text[at + length :],
            text[:at] + text[chance.randrange(len(text)) :][:length] + text[at:],
            text.replace(chance.choice(words), chance.choice(words), chance.choice([1, -1])),
        ]
    )


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_texts_are_read_or_refused(tmp_path: Path, name: str) -> None:
    original = FOLDER / name
    for path in original.parent.iterdir():
        shutil.copy(path, tmp_path)
    chance = random.Random(name)
    path = tmp_path / original.name
    outcomes = set()
    for _ in range(ROUNDS):
        path.write_bytes(damaged(original.read_bytes(), chance))
        outcomes.add(is_read(path))
    assert outcomes == {True, False}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each member of a JSON value: what holds it, and under which name."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, one in inside for place in [(value, name), *places(one)]]


@pytest.mark.parametrize("kind", ["openapi", "bundle"])
def test_documents_with_other_values_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{bundle.ENDING if kind == 'bundle' else '.json'}"
    if kind == "bundle":
        bundle.write(path, wsdl.read(FOLDER / "npr" / "npr.wsdl"))
    else:
        shutil.copy(FOLDER / "tax" / "tax.openapi.json", path)
    original = json.loads(path.read_bytes())
    chance = random.Random(kind)
    outcomes = set()
    for _ in range(ROUNDS):
        document = copy.deepcopy(original)
        holder, name = chance.choice(places(document))
        holder[name] = copy.deepcopy(chance.choice(VALUES))
        path.write_text(json.dumps(document))
        outcomes.add(is_read(path))
    assert outcomes == {True, False}
