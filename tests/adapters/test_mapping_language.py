"""The mapping language: choosing from lists, splits, conditions, moments, transformations; plain and XML."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.contracts import outline
from adapters.contracts.schemas import SchemaSet
from adapters.mapping import document
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.rules import MappingWrong, RuleBook, parse, parse_rules
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_codec import XmlReader, XmlWriter

SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="Message"><xs:complexType><xs:sequence>
  <xs:element name="Given" type="xs:string" minOccurs="0"/>
  <xs:element name="Surname" type="xs:string" minOccurs="0"/>
  <xs:element name="Kind" type="xs:string" minOccurs="0"/>
  <xs:element name="Name" type="xs:string" minOccurs="0"/>
  <xs:element name="Line" type="xs:string" minOccurs="0"/>
  <xs:element name="Day" type="xs:string" minOccurs="0"/>
  <xs:element name="Phone" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
  <xs:element name="Address" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="Type" type="xs:string"/><xs:element name="Street" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>
"""
SHAPES = {"shapes": {"street": [{"agency": "Street", "canonical": "thoroughfare"}]}}
HOME = {"use": "home", "thoroughfare": "Long Street"}
POST = {"use": "post", "thoroughfare": "Box 7"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> outline.Node:
    path = tmp_path_factory.mktemp("schema") / "message.xsd"
    path.write_text(SCHEMA)
    schemas = SchemaSet(path.parent)
    schemas.add_file(path)
    found = outline.root(schemas, "Message")
    assert found is not None
    return found


def book() -> RuleBook:
    return parse(SHAPES)


def plainly(rules: list[dict[str, Any]], value: Any) -> tuple[Any, Any]:
    parsed = parse_rules(rules, "test")
    sent = PlainWriter(book(), parsed).build(value)
    return sent, PlainReader(book(), parsed).read(sent)


def as_xml(node: outline.Node, rules: list[dict[str, Any]], value: Any) -> tuple[str, Any]:
    parsed = parse_rules(rules, "test")
    sent = XmlWriter(book(), node, parsed, is_root=True).body(value)
    return sent, XmlReader(book(), node, parsed).read(etree.fromstring(sent))


CHOSEN_BY_WORD = [
    {"agency": 'Address[Type = "H"]/Street', "canonical": 'addresses[use = "home"].thoroughfare'},
    {"agency": 'Address[Type = "P"]/Street', "canonical": 'addresses[use = "post"].thoroughfare'},
]
CASES: list[tuple[list[dict[str, Any]], Any, str]] = [
    (
        CHOSEN_BY_WORD,
        {"addresses": [HOME, POST]},
        "<Address><Type>H</Type><Street>Long Street</Street></Address>"
        "<Address><Type>P</Type><Street>Box 7</Street></Address>",
    ),
    (CHOSEN_BY_WORD, {"addresses": [POST]}, "<Address><Type>P</Type><Street>Box 7</Street></Address>"),
    (
        [{"agency": 'Address[Type = "H"]', "canonical": 'addresses[use = "home"]', "use": "street"}],
        {"addresses": [HOME]},
        "<Address><Type>H</Type><Street>Long Street</Street></Address>",
    ),
    (
        [
            {"agency": "Phone[1]", "canonical": "phones[0].number"},
            {"agency": "Phone[2]", "canonical": "phones[1].number"},
        ],
        {"phones": [{"number": "1"}, {"number": "2"}]},
        "<Phone>1</Phone><Phone>2</Phone>",
    ),
    (
        [{"split": ["Given", "Surname"], "canonical": "person.name"}],
        {"person": {"name": "Anna Maria Holm"}},
        "<Given>Anna Maria</Given><Surname>Holm</Surname>",
    ),
    (
        [{"split": ["Surname", "Given"], "canonical": "name", "with": ", ", "pattern": "([^,]*), (.*)"}],
        {"name": "Holm, Anna"},
        "<Given>Anna</Given><Surname>Holm</Surname>",
    ),
    (
        [{"agency": "Line", "join": ["street", "number"], "pattern": r"(.*?) ?([0-9].*)"}],
        {"street": "Kerkstraat", "number": "12 bis"},
        "<Line>Kerkstraat 12 bis</Line>",
    ),
    (
        [
            {"agency": "Kind", "canonical": "kind"},
            {"agency": "Name", "canonical": "familyName", "when": "kind = N", "when_agency": "Kind = N"},
            {"agency": "Name", "canonical": "legalName", "when": "kind != N", "when_agency": "Kind != N"},
        ],
        {"kind": "L", "legalName": "Holm Ltd"},
        "<Kind>L</Kind><Name>Holm Ltd</Name>",
    ),
    (
        [{"agency": "Day", "canonical": "at", "date": "YYYYMMDDHHmm", "zone": "Europe/Stockholm"}],
        {"at": "2026-07-01T12:30:00+02:00"},
        "<Day>202607011230</Day>",
    ),
    (
        [{"agency": "Day", "canonical": "d", "date": "YYYY-MM-DD", "partial": "cut"}],
        {"d": "1985"},
        "<Day>1985</Day>",
    ),
    (
        [{"agency": "Line", "canonical": "n", "transform": ["pad 9 0"]}],
        {"n": "1234"},
        "<Line>000001234</Line>",
    ),
    (
        [{"agency": "Line", "canonical": "sum", "type": "number", "transform": ["decimal , 2"]}],
        {"sum": 12.5},
        "<Line>12,50</Line>",
    ),
    (
        [{"agency": "Line", "canonical": "sum", "transform": ["minor", "pad 6"]}],
        {"sum": "12.50"},
        "<Line>001250</Line>",
    ),
]


@pytest.mark.parametrize(("rules", "value", "text"), CASES)
def test_goes_over_and_comes_back(node: outline.Node, rules: Any, value: Any, text: str) -> None:
    sent, back = as_xml(node, rules, value)
    assert sent == f"<Message>{text}</Message>"
    assert back == value
    assert plainly(rules, value)[1] == value


def test_one_place_may_be_read_to_two(node: outline.Node) -> None:
    rules = parse_rules(
        [{"agency": "Name", "canonical": "a"}, {"agency": "Name", "canonical": "b.c"}], "test"
    )
    element = etree.fromstring("<Message><Name> x </Name></Message>")
    assert XmlReader(book(), node, rules).read(element) == {"a": "x", "b": {"c": "x"}}


def test_each_takes_only_those_that_fit(node: outline.Node) -> None:
    rules = [{"agency": "Address", "canonical": 'addresses[use = "home"]', "each": "street"}]
    parsed = parse_rules(rules, "test")
    assert PlainWriter(book(), parsed).build({"addresses": [HOME, POST]}) == {
        "Address": [{"Street": "Long Street"}]
    }
    read = PlainReader(book(), parsed).read({"Address": [{"Street": "Long Street"}]})
    assert read == {"addresses": [HOME]}


def test_absent_fields_get_the_canonical_default(node: outline.Node) -> None:
    rules = parse_rules([{"agency": "Name", "canonical": "a.b", "default_canonical": "none"}], "test")
    assert XmlReader(book(), node, rules).read(etree.fromstring("<Message/>")) == {"a": {"b": "none"}}
    assert PlainReader(book(), rules).read({}) == {"a": {"b": "none"}}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"date": "YYYYMMDD", "partial": "refuse"}, "1985-03"),
        ({"date": "moment"}, "2026-07-01T12:30:00"),
        ({"transform": ["latin"]}, "Καλημέρα"),
        ({"transform": ["minor"]}, "1.234"),
        ({"transform": ["decimal ,"]}, "many"),
    ],
)
def test_what_would_be_lost_is_refused(rule: dict[str, Any], value: str) -> None:
    with pytest.raises(Unfit) as caught:
        plainly([{"agency": "A", "canonical": "a.b", **rule}], {"a": {"b": value}})
    assert caught.value.path == "a.b"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"transform": ["shout"]}, "no transformation 'shout'"),
        ({"transform": ["pad"]}, "0 arguments"),
        ({"transform": ["pad x"]}, "pad x"),
        ({"transform": "upper"}, "must be a list"),
        ({"date": "DDMM"}, "YYYYMMDD"),
        ({"date": "moment", "zone": "Europe/Atlantis"}, "Atlantis"),
        ({"date": "iso", "partial": "perhaps"}, "zeros, cut or refuse"),
        ({"pattern": "(a)"}, "join or a split"),
        ({"type": "complex"}, "no type 'complex'"),
        ({"when": "a = 1 and "}, "empty"),
        ({"canonical": "a[use]"}, "chooses neither"),
        ({"agency": "A[0]"}, "count from 1"),
        ({"agency": 5}, "agency must be text"),
    ],
)
def test_rules_that_make_no_sense_name_what_is_wrong(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(MappingWrong, match=r"test, rule 1") as caught:
        parse_rules([{"agency": "A", "canonical": "a", **rule}], "test")
    assert words in str(caught.value)


def test_a_pattern_has_one_group_for_each_place() -> None:
    with pytest.raises(MappingWrong, match="1 groups for 2 places"):
        parse_rules([{"agency": "A", "join": ["a", "b"], "pattern": "(.*)"}], "test")


def test_a_code_list_must_state_its_default() -> None:
    with pytest.raises(MappingWrong, match=r"codes\.sex must state its default"):
        parse({"codes": {"sex": {"male": "1"}}})


BASE = """
[codes.sex]
male = "1"   # "x" = { y
default = "refuse"
[shapes]
one = [
  { agency = "A", canonical = "a" },  # a comment with ] and }
  { agency = "B", canonical = "b" },
]
[operations.get]
call = "Get"
request = [{ agency = "C", canonical = "c", use = "one" }]
reply = []
"""


def profile(folder: Path, text: str, base: str = BASE) -> Path:
    for name, content in (("base", base), ("vendor", text)):
        (folder / name).mkdir()
        (folder / name / "mapping.toml").write_text(content)
    return folder / "vendor" / "mapping.toml"


def test_a_profile_says_only_what_differs(tmp_path: Path) -> None:
    text = (
        'extends = "../base/mapping.toml"\n[codes.sex]\nfemale = "2"\n[shapes]\n'
        'one = [{ agency = "B", canonical = "bb" }, { agency = "A", remove = true }, '
        '{ agency = "D", canonical = "d" }]\n'
        '[operations.get]\ncall = "GetV2"\n'
    )
    found = parse(document.read(profile(tmp_path, text)))
    assert [(rule.agency, rule.canonical) for rule in found.shapes["one"]] == [("B", "bb"), ("D", "d")]
    assert found.codes["sex"].to_agency == {"male": "1", "female": "2"}
    assert found.operations["get"]["call"] == "GetV2"
    assert found.operations["get"]["request"][0]["agency"] == "C"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("../vendor/mapping.toml", "circle"),
        ("../../secret.toml", "leads out"),
        ("../nobody/mapping.toml", "not there"),
    ],
)
def test_a_profile_extends_only_what_it_may(tmp_path: Path, named: str, words: str) -> None:
    with pytest.raises(MappingWrong, match=words):
        document.read(profile(tmp_path, f'extends = "{named}"\n'))


def test_errors_name_file_and_line(tmp_path: Path) -> None:
    path = profile(tmp_path, "", BASE.replace('canonical = "b"', 'canonical = "b", cods = "sex"'))
    with pytest.raises(MappingWrong, match=r"mapping\.toml, line 8: shapes\.one, rule 2 says cods"):
        parse(document.read(path.parent.parent / "base" / "mapping.toml"))
    path.write_text('extends = "../base/mapping.toml"\n')
    with pytest.raises(MappingWrong, match=r"base/mapping\.toml, line 8"):
        parse(document.read(path))
