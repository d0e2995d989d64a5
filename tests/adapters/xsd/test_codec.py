"""Values to XML and back, every construct: valid by the schema, and the same value again."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.contracts.violation import Violation
from adapters.xsd.codec import Codecs
from tests.adapters.xsd.schemas import OTHER, URI, canonical, codecs, schemas

VALUES: dict[str, Any] = {
    "amount": "100000000000000000.10",
    "count": 123456789012345678901234567890,
    "ratio": 0.1,
    "yes": True,
    "day": ["2026-11-24", "2026-11-24Z", "2026-11-24+01:00"],
    "at": ["2026-11-24T10:00:00", "2026-11-24T10:00:00.250-05:00"],
    "photo": "AAECAw==",
    "hash": "0AFF",
    "codes": [1, 2, 3],
    "mix": True,
    "name": f"{{{OTHER}}}Note",
    "gone": None,
    "number": "00042",
    "town": "Vestvik",
}
CASES: list[tuple[str, Any]] = [
    ("Values", VALUES),
    (
        "Values",
        {**{key: VALUES[key] for key in ("amount", "count", "yes", "day", "photo", "hash")}, "codes": []},
    ),
    ("Values", {**VALUES, "mix": 7, "ratio": "-INF", "gone": ""}),
    ("Values", {**VALUES, "mix": "2026-01-01"}),
    (
        "Person",
        {
            "name": {"_value_1": "Åsa <&> Öst", "kind": "first"},
            "mail": "a@example.org",
            "Note": {"text": "x", "by": "me"},
            "child": [{"age": 3, "child": [{"age": 1}]}, {"age": 2}],
            "version": "2",
            "lang": "en",
            "attr__name": 7,
        },
    ),
    ("Ordered", {"_value_1": [{"b": "x"}, {"a": 1}, {"b": "y"}], "_value_2": [{"c": 1, "d": 2}, {"c": 3}]}),
    ("Drawing", {"_value_1": [{"Circle": {"id": 1, "r": 2}}, {"Dot": {"id": 3}}], "main": {"id": 4}}),
    (
        "Drawing",
        {"_value_1": [{"Dot": {"id": 3}}], "main": {"_xsi_type": f"{{{URI}}}Round", "id": 4, "r": 9}},
    ),
    (
        "Open",
        {
            "id": 1,
            "_attr_1": {f"{{{OTHER}}}mark": "x"},
            "_value_1": [
                {f"{{{OTHER}}}Note": {"text": "known"}},
                {"_xml": '<z:u xmlns:z="urn:z" k="1">t</z:u>'},
            ],
        },
    ),
    ("Text", {"_value_1": ["one ", {"b": "two"}, " three ", {"b": "four"}]}),
    ("Twice", {"c": 1, "b": 2}),
    ("Twice", {"a": 1, "b": 2}),
    ("Sandwich", {"_value_1": [{"a": 1}, {"b": 2}, {"a": 3}]}),
    ("Thing", "text"),
    ("Set", {"x": 1, "y": 2}),
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_values_come_back_from_valid_xml(tmp_path: Path, name: str, value: Any) -> None:
    codec = codecs(tmp_path).codec(f"{{{URI}}}{name}")
    element = codec.element_of(value)
    schema = schemas(tmp_path).compile()
    assert schema.validate(element), schema.error_log
    assert codec.decode(element) == value
    assert canonical(codec.encode(codec.decode(element))) == canonical(element)


@pytest.fixture
def made(tmp_path: Path) -> Codecs:
    return codecs(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("Values", {"nonsense": 1}, "nonsense"),
        ("Values", {"count": "12"}, "count"),
        ("Values", {"yes": 1}, "yes"),
        ("Values", {"day": "2026-01-01"}, "day"),
        ("Values", {"amount": "bell\x07"}, "amount"),
        ("Person", {"child": [{"age": 1}, {"age": "x"}]}, "child.[1].age"),
        ("Ordered", {"_value_1": [{"z": 1}]}, "_value_1.[0].z"),
        ("Open", {"_value_1": [{"_xml": "<!DOCTYPE a><a/>"}]}, "_value_1.[0]._xml"),
        ("Open", {"_value_1": [{"_xml": "<a/><b/>"}]}, "_value_1.[0]._xml"),
        ("Open", {"_value_1": [{"{urn:x}y": 1}]}, "_value_1.[0].{urn:x}y"),
        ("Open", {"_attr_1": {'a="1"><evil/><b c': "x"}}, "_attr_1"),
        ("Open", {"_attr_1": {'{urn:x" y="1}a': "x"}}, "_attr_1"),
        ("Open", {"_attr_1": ["x"]}, "_attr_1"),
        ("Values", {"gone": {"_nil": True, "_attr_1": {"a b": "x"}}}, "gone._attr_1"),
        ("Drawing", {"main": {"_xsi_type": "{urn:x}nothing"}}, "main._xsi_type"),
        ("Drawing", {"main": {"_xsi_type": "{http://www.w3.org/2001/XMLSchema}int"}}, "main"),
    ],
)
def test_a_value_with_no_place_is_refused(made: Codecs, name: str, value: Any, path: str) -> None:
    with pytest.raises(Violation) as caught:
        made.codec(f"{{{URI}}}{name}").encode(value)
    assert caught.value.path == path


def test_a_value_nested_without_end_is_refused(made: Codecs) -> None:
    child: dict[str, Any] = {"age": 1}
    for _ in range(5000):
        child = {"age": 1, "child": [child]}
    with pytest.raises(Violation, match="too deep"):
        made.codec(f"{{{URI}}}Person").encode({"child": [child]})


@pytest.mark.parametrize("name", ['{urn:a"b<c}d', "{urn:a b}c", "{urn:a}b c", "{urn:a}b<c", "{:}%"])
def test_a_name_that_is_none_is_refused_and_spoils_nothing(made: Codecs, name: str) -> None:
    codec = made.codec(f"{{{URI}}}Values")
    with pytest.raises(Violation):
        codec.encode({**VALUES, "name": name})
    assert codec.decode(codec.element_of(VALUES)) == VALUES


def test_an_undeclared_element_is_refused_not_dropped(made: Codecs) -> None:
    element = etree.fromstring(f'<Set xmlns="{URI}"><x>1</x><z>2</z></Set>')
    with pytest.raises(Violation, match="no such element"):
        made.codec(f"{{{URI}}}Set").decode(element)


def test_blanks_are_xml_blanks_only(made: Codecs) -> None:
    text = f'<Person xmlns="{URI}" version="2">'
    text += '<name kind="k">\n a\u00a0b \t c </name><mail>\n m </mail></Person>'
    value = made.codec(f"{{{URI}}}Person").decode(etree.fromstring(text))
    assert value["name"]["_value_1"] == "a\u00a0b c"
    assert value["mail"] == "\n m "


def test_an_empty_element_means_its_default(made: Codecs) -> None:
    codec = made.codec(f"{{{URI}}}Values")
    element = codec.element_of({**VALUES, "town": ""})
    assert codec.decode(element)["town"] == "Eastholm"


def test_many_threads_compile_one_codec(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    value = CASES[4][1]
    for _ in range(5):
        codec = codecs(tmp_path).codec(f"{{{URI}}}Person")
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda one, made=codec: made.decode(made.element_of(one)), [value] * 16))
        assert found == [value] * 16


def test_redefined_types_take_the_place_of_the_originals(tmp_path: Path) -> None:
    (tmp_path / "base.xsd").write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{URI}" targetNamespace="{URI}">'
        '<xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>'
        "</xs:complexType></xs:schema>"
    )
    main = (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{URI}" targetNamespace="{URI}">'
        '<xs:redefine schemaLocation="base.xsd"><xs:complexType name="T"><xs:complexContent>'
        '<xs:extension base="T"><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence>'
        "</xs:extension></xs:complexContent></xs:complexType></xs:redefine>"
        '<xs:element name="E" type="T"/></xs:schema>'
    )
    (tmp_path / "main.xsd").write_text(main)
    from adapters.contracts.schemas import SchemaSet
    from adapters.xsd.model import Model

    found = SchemaSet(tmp_path)
    found.add_file(tmp_path / "main.xsd")
    if "{urn:test:main}T" not in found.declared.get("complexType", {}):
        found.add_file(tmp_path / "base.xsd")
    codec = Codecs(Model(found)).codec(f"{{{URI}}}E")
    assert codec.decode(codec.element_of({"a": 1, "b": 2})) == {"a": 1, "b": 2}
