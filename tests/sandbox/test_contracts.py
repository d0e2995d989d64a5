"""The agencies' contract files load in the tools that the field reads them with, and say what they should."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

import adapters

CONNECTIONS = Path(adapters.__file__).parent / "connections"
OPERATIONS = {
    "npr": {"GetHousehold", "GetCustody", "RegisterMove", "GetMoveStatus", "ConfirmMove"},
    "vdr": {"FindVehiclesByKeeper", "ChangeKeeperAddress", "FindChange"},
}
XSD = "{http://www.w3.org/2001/XMLSchema}schema"


@pytest.mark.parametrize("key", sorted(OPERATIONS))
def test_zeep_loads_the_wsdl(key: str) -> None:
    client = zeep.Client(str(CONNECTIONS / key / f"{key}.wsdl"))
    assert set(client.service._operations) == OPERATIONS[key]


@pytest.mark.parametrize("path", ["npr/npr.xsd", "laa/laa.xsd", "vdr/soap-encoding.xsd"])
def test_lxml_compiles_the_schema(path: str) -> None:
    schema = etree.XMLSchema(file=str(CONNECTIONS / path))
    assert not schema.validate(etree.fromstring("<stranger/>"))


def test_the_types_inside_the_vehicle_wsdl_compile() -> None:
    types = etree.parse(str(CONNECTIONS / "vdr" / "vdr.wsdl")).find(f".//{XSD}")
    assert types is not None
    etree.XMLSchema(types)


def test_every_reference_of_the_openapi_document_resolves() -> None:
    document = json.loads((CONNECTIONS / "tax" / "tax.openapi.json").read_text())
    found = list(_references(document))
    assert len(found) > 20
    for reference in found:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def _references(node: Any) -> "list[str]":
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for item in node.values() for found in _references(item)]
    return []


@pytest.mark.parametrize("part", ["file", "acknowledgement"])
def test_the_fields_of_each_record_fill_it_without_gap(part: str) -> None:
    layout = tomllib.loads((CONNECTIONS / "sia" / "sia.layout.toml").read_text())
    records = layout["record"] if part == "file" else layout["acknowledgement"]["record"]
    for record in records:
        position = 1
        for field in record["fields"]:
            assert field["at"] == position, f"{record['code']}.{field['name']}"
            position += field["width"]
        assert position - 1 == layout[part]["length"], record["code"]
