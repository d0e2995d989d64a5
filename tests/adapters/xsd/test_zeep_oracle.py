"""zeep agrees: the same value gives equal canonical XML, and zeep reads that XML to the same value."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep.helpers import serialize_object
from zeep.xsd import Schema

from adapters.contracts.violation import ContractUnreadable
from adapters.xsd.zeep_fallback import ZeepElements
from tests.adapters.xsd.schemas import MAIN, URI, canonical, codecs

SIMPLE: dict[str, Any] = {"amount": "12.50", "count": 7, "ratio": 0.25, "yes": True, "day": ["2026-11-24"]}
SIMPLE |= {"photo": "AAEC", "hash": "0AFF", "codes": [1, 2]}
CASES: list[tuple[str, Any]] = [
    ("Person", {"name": {"_value_1": "Åsa", "kind": "k"}, "mail": "m", "version": "2", "lang": "en"}),
    ("Person", {"name": {"_value_1": "A", "kind": "k"}, "phone": "1", "version": "2", "child": [{"age": 3}]}),
    ("Person", {"name": {"_value_1": "A", "kind": "k"}, "phone": "1", "version": "2", "Note": {"text": "t"}}),
    ("Mixed", {"_value_1": [{"b": "x"}, {"a": 1}, {"b": "y"}]}),
    ("Rounds", {"_value_1": [{"c": 1, "d": 2}, {"c": 3}]}),
    ("Set", {"x": 1, "y": 2}),
]


class Files:
    """What zeep may load: the files of the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, url: str) -> bytes:
        return (self.folder / url.rpartition("/")[2]).read_bytes()


def zeep_schema(tmp_path: Path) -> Any:
    found = Schema(transport=Files(tmp_path))
    nodes = []
    for name in ("main", "other", "xml"):
        node = etree.parse(tmp_path / f"{name}.xsd").getroot()
        for one in node.iterfind("{http://www.w3.org/2001/XMLSchema}import"):
            one.attrib.pop("schemaLocation", None)
        nodes.append(node)
    found.add_documents(nodes, f"{tmp_path}/main.xsd")
    return found


def present(value: Any) -> Any:
    """zeep's value without what is absent, which ours leaves out."""
    if isinstance(value, dict):
        return {key: present(one) for key, one in value.items() if one is not None and one != []}
    return [present(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("name", "value"), CASES)
def test_the_same_value_and_the_same_xml(tmp_path: Path, name: str, value: Any) -> None:
    codec = codecs(tmp_path).codec(f"{{{URI}}}{name}")
    schema = zeep_schema(tmp_path)
    element = schema.get_element(f"{{{URI}}}{name}")
    parent = etree.Element("parent")
    element.render(parent, element(**value))
    assert canonical(codec.encode(value)) == canonical(parent[0])
    theirs = present(serialize_object(element.parse(codec.element_of(value), schema), dict))
    assert theirs == codec.decode(parent[0]) == value


def test_single_values_agree(tmp_path: Path) -> None:
    """zeep makes Python values of decimals, dates and bytes; their text is what we keep."""
    schema = zeep_schema_of_values(tmp_path)
    codec = codecs(tmp_path).codec(f"{{{URI}}}Values")
    element = schema.get_element(f"{{{URI}}}Values")
    theirs = serialize_object(element.parse(codec.element_of(SIMPLE), schema), dict)
    assert str(theirs["amount"]) == "12.50"
    assert [one.isoformat() for one in theirs["day"]] == SIMPLE["day"]
    assert theirs["photo"] == b"\x00\x01\x02"
    assert (theirs["count"], theirs["ratio"], theirs["yes"]) == (7, 0.25, True)
    parent = etree.Element("parent")
    element.render(parent, element(**{key: one for key, one in theirs.items() if one is not None}))
    assert codec.decode(parent[0]) == SIMPLE


def zeep_schema_of_values(tmp_path: Path) -> Any:
    codecs(tmp_path)
    return zeep_schema(tmp_path)


def test_zeep_steps_in_with_the_same_value_and_xml(tmp_path: Path) -> None:
    made = codecs(tmp_path)
    element, value = made.model.element(f"{{{URI}}}Person"), CASES[1][1]
    out: list[str] = []
    ZeepElements(made.model.schemas).writer(element)(out, value)
    assert canonical("".join(out)) == canonical(made.codec(element.tag).encode(value))
    assert present(ZeepElements(made.model.schemas).reader(element)(etree.fromstring(out[0]))) == value


def test_what_neither_can_read_is_listed_and_refused(tmp_path: Path) -> None:
    odd = '<xs:element name="Odd"><xs:complexType><xs:sequence/><xs:unheard/></xs:complexType>'
    made = codecs(tmp_path, MAIN.replace('<xs:element name="Thing"/>', f"{odd}</xs:element>"))
    with pytest.raises(ContractUnreadable, match="zeep cannot read it either"):
        made.codec(f"{{{URI}}}Odd")
    assert "unheard is not XSD 1.0" in made.fallbacks[f"{{{URI}}}Odd"]


def test_what_nobody_can_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContractUnreadable):
        codecs(tmp_path).codec(f"{{{URI}}}Nowhere")
