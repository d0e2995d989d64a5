"""A contract closed into one file is the same contract, and needs none of the files it was made from."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters import registry
from adapters.connection_spec import FOLDER
from adapters.contracts import bundle, wsdl
from adapters.contracts.cli import main
from adapters.contracts.violation import ContractUnreadable
from adapters.xsd.model import Model
from tests.adapters.connections import spec

SECRETS = {"username": "u", "password": "p"}


@pytest.fixture(params=["npr", "vdr"])
def closed(request: Any, tmp_path: Path) -> tuple[Path, Path]:
    """A bundle, and the WSDL that it was made from."""
    original = FOLDER / request.param / f"{request.param}.wsdl"
    path = tmp_path / f"a{bundle.ENDING}"
    bundle.write(path, wsdl.read(original))
    return path, original


def test_a_bundle_is_the_same_contract(closed: tuple[Path, Path]) -> None:
    found, original = bundle.read(closed[0]), wsdl.read(closed[1])
    assert found.wsdl.operations == original.operations
    assert found.wsdl.address == original.address
    assert {kind: set(names) for kind, names in found.wsdl.schemas.declared.items()} == {
        kind: set(names) for kind, names in original.schemas.declared.items()
    }
    assert closed[1].name in found.sources


def test_a_bundle_of_a_bundle_is_the_same(closed: tuple[Path, Path], tmp_path: Path) -> None:
    again = tmp_path / f"b{bundle.ENDING}"
    bundle.write(again, bundle.read(closed[0]).wsdl)
    first, second = json.loads(closed[0].read_bytes()), json.loads(again.read_bytes())
    assert first["schemas"] == second["schemas"]
    assert first["operations"] == second["operations"]


def test_messages_are_checked_as_by_the_original(closed: tuple[Path, Path]) -> None:
    ours, theirs = bundle.soap(closed[0]).schemas, bundle.soap(closed[1]).schemas
    for name in theirs.declared["element"]:
        element = etree.Element(name)
        assert ours.compile().validate(element) == theirs.compile().validate(element)
        assert type(Model(ours).element(name).type) is type(Model(theirs).element(name).type)


@pytest.mark.parametrize("key", ["vdr", "laa"])
def test_a_connection_may_hold_a_bundle(key: str, tmp_path: Path) -> None:
    whole = spec(key, "http://127.0.0.1:9", SECRETS)
    shutil.copy(FOLDER / key / "mapping.toml", tmp_path)
    assert main(["bundle", str(whole.contract), str(tmp_path / f"a{bundle.ENDING}")]) == 0
    settings = whole.settings | {"contract": f"a{bundle.ENDING}"}
    adapter: Any = registry.build(replace(whole, folder=tmp_path, settings=settings))
    original: Any = registry.build(whole)
    assert adapter.unmapped() == original.unmapped()


def without_labels(value: Any) -> Any:
    """A listing without the labels of codes: annotations are not in a bundle."""
    if isinstance(value, list):
        return [without_labels(one) for one in value]
    if isinstance(value, dict):
        return {key: without_labels(one) for key, one in value.items() if key != "label"}
    return value


def test_a_bundle_is_inspected_as_its_source(closed: tuple[Path, Path], capsys: Any) -> None:
    listed = []
    for path in closed:
        assert main(["inspect", str(path), "--all", "--json"]) == 0
        listed.append(without_labels(json.loads(capsys.readouterr().out)["operations"]))
    assert listed[0] == listed[1]


def test_layouts_and_other_names_are_refused(tmp_path: Path, capsys: Any) -> None:
    source = str(FOLDER / "sia" / "sia.layout.toml")
    assert main(["bundle", source, str(tmp_path / f"a{bundle.ENDING}")]) == 2
    assert main(["bundle", str(FOLDER / "laa" / "laa.xsd"), str(tmp_path / "a.json")]) == 2
    assert main(["bundle", str(FOLDER / "laa" / "laa.xsd"), str(tmp_path / "no" / f"a{bundle.ENDING}")]) == 2
    assert capsys.readouterr().err.count("refused: ") == 3


DAMAGE = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b'{"format": "onestop-contract-0"}',
    b'{"format": "onestop-contract-1"}',
    b"[" * 99999,
]


@pytest.mark.parametrize("body", DAMAGE, ids=range(len(DAMAGE)))
def test_damaged_bundles_are_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / f"a{bundle.ENDING}"
    path.write_bytes(body)
    with pytest.raises(ContractUnreadable, match="contract.json"):
        bundle.read(path)


def test_a_bundle_that_is_cut_or_twisted_is_refused(closed: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / f"c{bundle.ENDING}"
    whole = closed[0].read_bytes()
    for end in range(0, len(whole) - 2, 997):
        path.write_bytes(whole[:end])
        with pytest.raises(ContractUnreadable):
            bundle.read(path)
    document = json.loads(whole)
    for name in document:
        path.write_text(json.dumps(document | {name: 3}))
        with pytest.raises(ContractUnreadable):
            bundle.read(path).wsdl.schemas.compile()


def test_a_bundle_refers_to_nothing_outside(closed: tuple[Path, Path], tmp_path: Path) -> None:
    document = json.loads(closed[0].read_bytes())
    uri, text = next(iter(document["schemas"].items()))
    inside = (
        '<xs:include schemaLocation="file:///etc/passwd"/><xs:include schemaLocation="http://127.0.0.1:9/"/>'
    )
    document["schemas"][uri] = text.replace(">", f">{inside}", 1)
    path = tmp_path / f"d{bundle.ENDING}"
    path.write_text(json.dumps(document))
    with pytest.raises(ContractUnreadable):
        bundle.read(path).wsdl.schemas.compile()
