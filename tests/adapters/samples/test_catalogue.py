"""The schemas of public specifications that ship with the project compile, and their elements are sampled."""

from pathlib import Path

import pytest

from adapters.contracts import catalogue
from adapters.contracts.schemas import SchemaSet
from adapters.samples.contract import XmlContract
from adapters.samples.text import NoExample
from tests.adapters.samples.test_corpus import comes_back

WITHOUT = {"ENTITY", "ENTITIES"}  # only a document type could declare one, and none is allowed


@pytest.mark.parametrize("path", sorted(catalogue.FOLDER.rglob("*.xsd")), ids=lambda path: path.stem)
@pytest.mark.parametrize("full", [False, True])
def test_every_element_is_sampled_and_comes_back(path: Path, full: bool) -> None:
    schemas = SchemaSet(path.parent)
    schemas.add_file(path)
    contract = XmlContract(schemas)
    for name, declaration in schemas.declared.get("element", {}).items():
        if declaration.get("abstract") in {"true", "1"}:
            continue
        if name.rpartition("}")[2] in WITHOUT:
            with pytest.raises(NoExample):
                contract.sample(name, full=full)
        else:
            comes_back(contract, name, full=full)
