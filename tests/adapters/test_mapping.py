"""Mappings as data: both directions, conditions, partial dates, and errors that name the canonical field."""

from typing import Any

import pytest

from adapters.mapping import report, values
from adapters.mapping.conditions import condition
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import FaultTable, locate, plans
from adapters.mapping.rules import MappingWrong, Rule, RuleBook, parse, parse_rules
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_text import escape
from adapters.ports import Accepted, Pending, Rejected, Retry

CODES = {
    "codes": {
        "place": {"Eastholm": "E", "Vestvik": "V", "default": "refuse"},
        "rest": {"Eastholm": "E", "default": "X"},
    }
}
BOOK = parse(CODES)


def both(rules: list[dict[str, Any]], value: Any, book: RuleBook = BOOK) -> tuple[Any, Any]:
    """A value sent, and read back."""
    parsed = parse_rules(rules, "test")
    sent = PlainWriter(book, parsed).build(value)
    return sent, PlainReader(book, parsed).read(sent)


@pytest.mark.parametrize(
    ("rule", "value", "agency"),
    [
        ({}, "Maria", "Maria"),
        ({"date": "YYYYMMDD"}, "1985-03-12", "19850312"),
        ({"date": "YYYYMMDD"}, "1985-03", "19850300"),
        ({"date": "YYYYMMDD"}, "1985", "19850000"),
        ({"date": "DD.MM.YYYY"}, "1985-03-12", "12.03.1985"),
        ({"date": "iso"}, "1985-03", "1985-03"),
        ({"codes": "place"}, "Vestvik", "V"),
        ({"group": [3, 3]}, "ABC 123", "ABC123"),
        ({"type": "int"}, 6, 6),
        ({"type": "bool"}, True, True),
    ],
)
def test_values_go_over_and_come_back(rule: dict[str, Any], value: Any, agency: Any) -> None:
    sent, back = both([{"agency": "A", "canonical": "a.b", **rule}], {"a": {"b": value}})
    assert sent == {"A": agency}
    assert back == {"a": {"b": value}}


def test_joined_fields_are_split_at_the_last_blank() -> None:
    rules = [{"agency": "Line", "join": ["street", "number"]}]
    sent, back = both(rules, {"street": "Long Harbour Street", "number": "12"})
    assert sent == {"Line": "Long Harbour Street 12"}
    assert back == {"street": "Long Harbour Street", "number": "12"}


def test_lists_of_objects_and_of_values() -> None:
    book = parse({"shapes": {"one": [{"agency": "N", "canonical": "name"}]}})
    rules = [
        {"agency": "All", "canonical": "all", "each": "one"},
        {"agency": "Plain", "canonical": "plain", "each": "value"},
    ]
    value = {"all": [{"name": "a"}, {"name": "b"}], "plain": ["x", "y"]}
    sent, _ = both(rules, value, book)
    assert sent == {"All": [{"N": "a"}, {"N": "b"}], "Plain": ["x", "y"]}


def test_conditions_choose_between_constants() -> None:
    rules = [
        {"agency": "Kind", "constant": "R", "when": "tenancy"},
        {"agency": "Kind", "constant": "O", "when": "not tenancy"},
    ]
    writer = PlainWriter(BOOK, parse_rules(rules, "test"))
    assert writer.build({"tenancy": True}) == {"Kind": "R"}
    assert writer.build({"tenancy": False}) == {"Kind": "O"}
    assert condition("a.b = yes")({"a": {"b": "yes"}})
    assert not condition("a.b = yes")({})


def test_a_code_list_without_default_refuses_and_names_the_field() -> None:
    with pytest.raises(Unfit) as caught:
        both(
            [{"agency": "A", "canonical": "address.place", "codes": "place"}],
            {"address": {"place": "Rome"}},
        )
    assert caught.value.path == "address.place"


def test_a_stated_default_takes_any_other_word() -> None:
    writer = PlainWriter(BOOK, parse_rules([{"agency": "A", "canonical": "a", "codes": "rest"}], "test"))
    assert writer.build({"a": "Rome"}) == {"A": "X"}


@pytest.mark.parametrize("text", ["12.03.1985", "1985-3-12", "soon", "1985-03-12T00:00", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        values.outward(Rule(date="iso"), BOOK)(text)


def test_zones_of_schema_dates_are_dropped() -> None:
    convert = values.inward(Rule(date="iso"), BOOK)
    assert convert is not None
    assert [convert(text) for text in ("2026-01-01Z", "2026-01-01+01:00", "2026-01-01", "1985", "1985Z")] == [
        *["2026-01-01"] * 3,
        *["1985"] * 2,
    ]


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_characters_that_xml_forbids_are_refused(text: str) -> None:
    with pytest.raises(Unfit):
        escape(text)


def test_markup_in_values_is_escaped() -> None:
    assert escape('<b a="1">&\r\n') == "&lt;b a=&quot;1&quot;&gt;&amp;&#13;&#10;"


@pytest.mark.parametrize(
    "rule",
    [
        {"agency": "A"},
        {"canonical": "a"},
        {"agency": "A", "canonical": "a", "constant": "x"},
        {"agency": "A", "canonical": "a", "use": "x", "each": "y"},
        {"agency": "A", "canonical": "a", "cods": "place"},
    ],
)
def test_rules_that_make_no_sense_are_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(MappingWrong, match="rule 1"):
        parse_rules([rule], "test")


def test_missing_shapes_and_code_lists_are_found() -> None:
    for rule in ({"use": "nothing"}, {"codes": "nothing"}):
        table = {"operations": {"x": {"request": [{"agency": "A", "canonical": "a", **rule}]}}}
        with pytest.raises(MappingWrong, match="nothing"):
            plans(parse(table))


def test_unmapped_required_fields_are_reported() -> None:
    book = parse({"shapes": {"one": [{"agency": "Name", "canonical": "name"}]}})
    rules = parse_rules([{"agency": "Person", "canonical": "person", "use": "one"}], "test")
    required = ["Person/Name", "Person/Number", "Date"]
    assert report.unmapped(book, rules, required) == ["Person/Number", "Date"]


def test_places_of_the_agency_lead_to_canonical_paths() -> None:
    book = parse({"shapes": {"one": [{"agency": "Name", "canonical": "givenName"}]}})
    rules = parse_rules(
        [
            {"agency": "Movers/Number", "canonical": "movers", "each": "value"},
            {"agency": "Head", "canonical": "person", "use": "one"},
            {"agency": "All/One", "canonical": "members", "each": "one"},
        ],
        "test",
    )
    assert locate(book, rules, "Movers/Number[2]") == "movers[1]"
    assert locate(book, rules, "Head/Name") == "person.givenName"
    assert locate(book, rules, "All/One[3]/Name") == "members[2].givenName"
    assert locate(book, rules, "Name") == "person.givenName"
    assert locate(book, rules, "Nowhere") == ""


def test_outcomes_are_tried_in_order() -> None:
    outcome = [
        {"when": "status = wait", "is": "pending", "after": 5},
        {"when": "status = no", "is": "rejected", "code": "code", "reason": "why"},
        {"when": "status = later", "is": "retry"},
        {"is": "accepted"},
    ]
    conclude = plans(parse({"operations": {"x": {"outcome": outcome}}}))["x"].conclude
    assert isinstance(conclude({"status": "wait", "reference": "7"}), Pending)
    rejected = conclude({"status": "no", "code": "17", "why": "open"})
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.reason) == ("17", "open")
    assert isinstance(conclude({"status": "later"}), Retry)
    assert conclude({"status": "yes", "reference": "7"}) == Accepted({"status": "yes"}, "7")


def test_fault_codes_become_results() -> None:
    table = FaultTable.parse({"code": "No", "reason": "Text", "codes": {"1": "not-found"}, "retry": ["9"]})
    assert table.result({"No": "1", "Text": "x"}, str) == Rejected("not-found", "x")
    assert table.result({"No": "4", "Text": "x"}, str) == Rejected("4", "x")
    assert table.result({"No": "9", "Text": "x"}, str) == Retry("x")
