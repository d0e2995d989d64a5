"""Contracts: what is read, what is refused, and that every rule of an envelope's enemies is known."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters import registry
from adapters.connection_spec import FOLDER
from adapters.contracts import encoded, layout, openapi, wsdl
from adapters.contracts.json_lines import line_of
from adapters.contracts.markup import parse
from adapters.contracts.violation import ContractUnreadable, Violation
from adapters.errors import Misconfigured
from tests.adapters.connections import spec


@pytest.mark.parametrize("key", ["npr", "vdr", "tax", "laa"])
def test_mappings_fill_every_required_field(key: str) -> None:
    adapter: Any = registry.build(spec(key, "http://127.0.0.1:9"))
    assert adapter.unmapped() == {}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<a>&undeclared;</a>",
        "<a><b></a>",
        "",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_documents_of_strangers_are_refused(text: str, encoding: str) -> None:
    with pytest.raises(Violation):
        parse(text.encode(encoding))


def test_comments_do_not_cut_values() -> None:
    assert parse(b"<a>one<!-- two -->three<?four?></a>").text == "onethree"


def body(text: str) -> Any:
    space = 'xmlns:x="http://schemas.xmlsoap.org/soap/encoding/"'
    return parse(f"<body {space}>{text}</body>".encode())


def test_references_are_put_in_place() -> None:
    root = body('<r><v href="#1"/><v href="#1"/></r><multiRef id="1"><n>7</n></multiRef>')
    encoded.literal(root[0], encoded.referable(root))
    assert [one.findtext("n") for one in root[0]] == ["7", "7"]


@pytest.mark.parametrize(
    "text",
    [
        '<r><v href="#2"/></r>',
        '<r><v href="http://example.org/x"/></r>',
        '<r><v href="#1"/></r><m id="1"><v href="#1"/></m>',
        '<r><v href="#1"/></r><m id="1"><v href="#2"/></m><m id="2"><v href="#1"/></m>',
    ],
)
def test_references_that_lead_nowhere_or_in_circles_are_refused(text: str) -> None:
    root = body(text)
    with pytest.raises(Violation, match="reference"):
        encoded.literal(root[0], encoded.referable(root))


def reference(number: int) -> str:
    return f'<v href="#{number}"/>'


def test_references_that_unfold_to_billions_are_refused() -> None:
    levels = "".join(f'<m id="{n}">{reference(n + 1) * 10}</m>' for n in range(9))
    root = body(f'<r><v href="#0"/></r>{levels}<m id="9">x</m>')
    with pytest.raises(Violation, match="unfold"):
        encoded.literal(root[0], encoded.referable(root))


def test_contracts_do_not_reach_outside_their_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.xsd").write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema"/>')
    folder = tmp_path / "contract"
    folder.mkdir()
    types = '<x:include schemaLocation="../outside.xsd"/><x:element name="a"/>'
    (folder / "a.wsdl").write_text(
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><types>'
        f'<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">{types}</x:schema></types></definitions>'
    )
    with pytest.raises(ContractUnreadable, match="outside"):
        wsdl.read(folder / "a.wsdl")


@pytest.mark.parametrize(
    ("key", "old", "new"), [("npr", "Forenames", "Nowhere"), ("laa", "@key", "@nothing")]
)
def test_mappings_to_places_the_contract_has_not_are_misconfigured(
    tmp_path: Path, key: str, old: str, new: str
) -> None:
    for path in (FOLDER / key).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    mapping = (tmp_path / "mapping.toml").read_text()
    (tmp_path / "mapping.toml").write_text(mapping.replace(f'"{old}"', f'"{new}"'))
    with pytest.raises(Misconfigured, match=new.lstrip("@")):
        registry.build(replace(spec(key, "http://127.0.0.1:9"), folder=tmp_path))


def test_lines_of_places_in_json() -> None:
    text = json.dumps({"a": 1, "b": {"c": [1, {"d": 2}]}, 'q"': 3}, indent=1)
    lines = text.split("\n")
    assert '"d"' in lines[line_of(text, ["b", "c", 1, "d"]) - 1]
    assert '"a"' in lines[line_of(text, ["a"]) - 1]
    assert line_of(text, ["absent"]) == 1


def test_openapi_paths_are_escaped_and_checked() -> None:
    operation = openapi.read(FOLDER / "tax" / "tax.openapi.json")["getTaxpayer"]
    assert operation.url({"taxpayerNumber": "19850312T4240"}) == "/taxpayers/19850312T4240"
    with pytest.raises(Violation):
        operation.url({"taxpayerNumber": "../jobs/1"})


LAYOUTS = layout.read(FOLDER / "sia" / "sia.layout.toml")


def test_records_are_written_exactly() -> None:
    form = LAYOUTS["file"]
    fields = {"recordNo": "1", "insuredNo": "19850312T4240", "surname": "Ærø Ωmega", "firstNames": "Ä" * 50}
    fields |= {
        "changeDate": "20261201",
        "streetLine": "A 1",
        "zip": "41255",
        "postTown": "B",
        "officeCode": "01",
    }
    line = form.records["A1"].write(fields, form.encoding)
    assert len(line) == form.length
    assert line[21:61] == " " * 40  # a name that ISO-8859-1 cannot write is left blank
    assert line[61:101] == "Ä" * 40  # one that is too long is cut


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("streetLine", "Οδός 1"),
        ("streetLine", "x" * 51),
        ("streetLine", "a\x00b"),
        ("streetLine", ""),
        ("changeDate", "20260230"),
        ("zip", "4125x"),
        ("officeCode", "77"),
        ("insuredNo", "nobody"),
    ],
)
def test_record_fields_that_do_not_fit_are_refused(name: str, value: str) -> None:
    field = next(one for one in LAYOUTS["file"].records["A1"].fields if one.name == name)
    with pytest.raises(Violation) as caught:
        field.write(value, "iso-8859-1")
    assert caught.value.path == name


def acknowledgement(*lines: str) -> bytes:
    return "".join(f"{line:120}\r\n" for line in lines).encode("iso-8859-1")


HEAD = f"K0{'A' * 32}20261123120000"
DONE = "K100000119850312T4240J0000000001"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((HEAD, DONE, "T9000002000000"), 3),  # totals
        ((HEAD, "T9000000000000", DONE), 3),  # order
        ((HEAD, "Z1000001", "T9000000000000"), 2),  # a record nobody knows
        ((HEAD, "R100000119850312T424099", "T9000000000001"), 2),  # a code nobody knows
        ((HEAD, DONE + " " * 120, "T9000001000000"), 2),  # length
    ],
)
def test_acknowledgements_that_break_the_layout_are_refused(lines: tuple[str, ...], line: int) -> None:
    with pytest.raises(Violation) as caught:
        LAYOUTS["acknowledgement"].read(acknowledgement(*lines))
    assert caught.value.line == line


def test_sound_acknowledgement_is_read() -> None:
    found = LAYOUTS["acknowledgement"].read(acknowledgement(HEAD, DONE, "T9000001000000"))
    assert [record.code for record, _, _ in found] == ["K0", "K1", "T9"]
    assert found[1][1]["journalNo"] == "J0000000001"[:12]


def test_a_binding_says_its_version_of_soap(tmp_path: Path) -> None:
    text = (FOLDER / "npr" / "npr.wsdl").read_text()
    (tmp_path / "npr.xsd").write_text((FOLDER / "npr" / "npr.xsd").read_text())
    newer = text.replace("http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/")
    (tmp_path / "npr.wsdl").write_text(newer)
    old, new = wsdl.read(FOLDER / "npr" / "npr.wsdl"), wsdl.read(tmp_path / "npr.wsdl")
    assert {operation.soap_version for operation in old.operations.values()} == {"1.1"}
    assert {operation.soap_version for operation in new.operations.values()} == {"1.2"}
    assert new.operations["GetHousehold"].headers == old.operations["GetHousehold"].headers
    assert new.address == old.address
