"""Each feature of XSD 1.0 by itself: there and back, valid, zeep as the oracle; and the hand-over to it."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep.exceptions import XMLParseError

from adapters.contracts.markup import parse
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.mapping.unfit import Unfit
from adapters.samples.contract import XmlContract
from adapters.xsd.codec import Codecs
from adapters.xsd.components import NotCompiled, Type
from adapters.xsd.model import Model
from adapters.xsd.zeep_fallback import ZeepElements
from tests.adapters.xsd.schemas import MAIN, URI, canonical, codecs, schemas

FEATURES = {one.get("name"): one for one in etree.parse(Path(__file__).parent / "features.xml").getroot()}
ROOT = "{urn:t}R"
# Where zeep's value is another than the schema's, or none, or is shaped otherwise on purpose.
ZEEP_DIFFERS = {
    "repeated sequence of a choice": "an object for each round",
    "list and union": "cannot write it",
    "IDs and whitespace": "a list as one text",
    "anyURI, language, names": "a list as one text",
    "repeated choice": "cannot write nothing",
    "groups and attribute groups": "an object for each round",
    "binary": "nothing for no octets",
    "nested repeated sequences": "an object for each round",
    "a wildcard between elements": "an element for each wildcard, whatever it is",
    "an empty complex type": "None",
    "any lax, skip and strict": "reads what is skipped by its declaration",
    "anyType": "loses the type that was said",
    "attributes with defaults and fixed": "fills in defaults",
    "dates and times": "Python's dates: no year 12026, no 24:00:00, a zone of a date lost",
    "extension of a choice and of all": "cannot read it",
    "gregorian fragments": "tuples",
    "mixed": "loses the text",
    "mixed extension": "loses the text",
    "nil with attributes": "a nil is an absent element",
    "nillable simple content": "a nil is an absent element",
    "numbers": "floats that are no numbers",
    "QName values": "text whose prefix is lost",
    "recursion through a group": "loses order",
    "simple content extended and restricted": "empty text is none",
    "simple content of a mixed base": "loses the text",
    "substitution of a complex type": "all but one name",
    "substitution with an abstract head": "cannot read it",
    "the same name twice": "by number where we keep order",
    "xsi:type of complex types": "loses the type that was said",
    "xsi:type of simple types": "loses the type that was said",
    "xsi:type of a simple type to one with attributes": "loses the type that was said",
}


def contract(folder: Path, name: str) -> XmlContract:
    (folder / "a.xsd").write_bytes(etree.tostring(FEATURES[name][0]))
    found = SchemaSet(folder)
    found.add_file(folder / "a.xsd")
    return XmlContract(found)


def messages(name: str) -> list[Any]:
    return [parse(etree.tostring(one[0])) for one in FEATURES[name].iterchildren("message")]


@pytest.mark.parametrize("name", FEATURES)
def test_messages_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    xml = contract(tmp_path, name)
    codec = xml.codecs.codec(ROOT)
    for message in messages(name):
        xml.validator.check(message)
        value = codec.decode(message)
        again = codec.element_of(value)
        xml.validator.check(again)
        assert codec.decode(again) == value
        if name not in {"QName values", "xsi:type of simple types"}:  # names in attributes; see below
            assert canonical(again) == canonical(message)
    assert xml.codecs.fallbacks == {}


@pytest.mark.parametrize("name", FEATURES)
def test_samples_are_valid_and_come_back(tmp_path: Path, name: str) -> None:
    xml = contract(tmp_path, name)
    codec = xml.codecs.codec(ROOT)
    for full in (False, True):
        sample = parse(etree.tostring(xml.sample(ROOT, full=full)))
        assert codec.decode(codec.element_of(codec.decode(sample))) == codec.decode(sample)


def differs(folder: Path, name: str) -> str:
    """How zeep differs in reading or writing, "" where it does the same."""
    xml = contract(folder, name)
    codec, element, zeep = xml.codecs.codec(ROOT), xml.model.element(ROOT), ZeepElements(xml.schemas)
    for message in messages(name):
        value, out = codec.decode(message), []  # type: tuple[Any, list[str]]
        try:
            read = zeep.reader(element)(message)
            zeep.writer(element)(out, value)
        except (XMLParseError, ValueError, TypeError, AttributeError, Unfit) as error:
            return f"cannot: {error}"
        if read != value:
            return f"reads {read}, not {value}"
        if canonical("".join(out)) != canonical(message):
            return f"writes {out}"
    return ""


@pytest.mark.parametrize("name", FEATURES)
def test_zeep_reads_and_writes_the_same_but_where_it_is_said_to_differ(tmp_path: Path, name: str) -> None:
    found = differs(tmp_path, name)
    assert bool(found) == (name in ZEEP_DIFFERS), found


class Picky(Model):
    """Cannot read one named type, nor anything that is declared in place with a year in it."""

    def type(self, name: str, where: Any = None) -> Type:
        if name == f"{{{URI}}}Child":
            raise NotCompiled(name, "is not read today")
        return super().type(name, where)

    def type_of(self, declaration: Any, tag: str) -> Type:
        if tag.endswith("}codes"):
            raise NotCompiled(tag, "is not read today")
        return super().type_of(declaration, tag)


def test_an_element_within_a_type_is_handed_over_by_its_type(tmp_path: Path) -> None:
    made, ours = Codecs(Picky(schemas(tmp_path))), codecs(tmp_path)
    value = {
        "name": {"_value_1": "A", "kind": "k"},
        "phone": "1",
        "version": "2",
        "child": [{"age": 3, "child": [{"age": 1}]}],
    }
    message = ours.codec(f"{{{URI}}}Person").element_of(value)
    codec = made.codec(f"{{{URI}}}Person")
    assert codec.decode(message) == value
    assert canonical(codec.encode(value)) == canonical(message)
    assert "not read today" in made.fallbacks[f"{{{URI}}}child"]


def test_a_message_is_handed_over_whole_where_a_part_has_no_name(tmp_path: Path) -> None:
    made, ours = Codecs(Picky(schemas(tmp_path, MAIN))), codecs(tmp_path)
    value = {
        "amount": "12.50",
        "count": 7,
        "yes": True,
        "day": ["2026-11-24"],
        "hash": "0AFF",
        "codes": [1, 2],
    }
    message = ours.codec(f"{{{URI}}}Values").element_of(value | {"photo": "AAEC"})
    codec = made.codec(f"{{{URI}}}Values")
    assert codec.decode(message) == value | {"photo": "AAEC"}
    assert "zeep cannot be asked" in made.fallbacks[f"{{{URI}}}Values"]
    with pytest.raises(Violation):  # zeep wants octets, which no JSON has: said, not sent
        codec.encode(value | {"photo": 7})


def test_zeep_writes_a_whole_message_with_attributes_on_it(tmp_path: Path) -> None:
    class Pickier(Picky):
        def type_of(self, declaration: Any, tag: str) -> Type:
            if tag.endswith("}age"):
                raise NotCompiled(tag, "is not read today")
            return Model.type_of(self, declaration, tag)

        def type(self, name: str, where: Any = None) -> Type:
            return Model.type(self, name, where)

    made, ours = Codecs(Pickier(schemas(tmp_path))), codecs(tmp_path)
    value = {"name": {"_value_1": "A", "kind": "k"}, "phone": "1", "version": "2", "child": [{"age": 3}]}
    text = made.codec(f"{{{URI}}}Person").encode(value, ' xml:lang="en"')
    assert canonical(text) == canonical(ours.codec(f"{{{URI}}}Person").encode(value | {"lang": "en"}))
