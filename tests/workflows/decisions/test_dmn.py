"""DMN models: what they decide, what of them is lost, and that they come out as they went in."""

from typing import Any

import pytest

from onestop.lib.markup import write_markup
from tests.workflows.decisions.models import decision, definitions, given, knowledge, literal, table
from workflows.decisions.dmn import ModelRefused, Run, import_tables, read_model
from workflows.expressions import plain

PERSON = (
    '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..130]</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tPerson"><itemComponent name="Full Name"><typeRef>string</typeRef>'
    '</itemComponent><itemComponent name="age"><typeRef>tAge</typeRef></itemComponent><itemComponent name="born">'
    '<typeRef>date</typeRef></itemComponent></itemDefinition><itemDefinition name="tAges" isCollection="true">'
    "<typeRef>tAge</typeRef></itemDefinition>"
)
ENTRY = "<contextEntry><variable name='{}'/>{}</contextEntry>"


def decided(name: str, *parts: str, inputs: dict[str, Any] | None = None) -> Any:
    run = Run(read_model(definitions(*parts)), inputs or {})
    return plain(run.decide(name))


@pytest.mark.parametrize(
    ("logic", "wanted"),
    [
        ("<context>" + ENTRY.format("a", literal("1")) + ENTRY.format("b c", literal("a + 1")) + "</context>",
         {"a": 1, "b c": 2}),
        ("<context>" + ENTRY.format("a", literal("1")) + f"<contextEntry>{literal('a + 5')}</contextEntry></context>", 6),
        (f"<list>{literal('1')}{literal('2 + 2')}</list>", [1, 4]),
        (f"<relation><column name='x'/><column name='y'/><row>{literal('1')}{literal('2')}</row></relation>",
         [{"x": 1, "y": 2}]),
        (f"<conditional><if>{literal('1 = 1')}</if><then>{literal('3')}</then><else>{literal('4')}</else></conditional>",
         3),
        (f"<for iteratorVariable='i'><in>{literal('1..3')}</in><return>{literal('i * i')}</return></for>", None),
        (f"<for iteratorVariable='i'><in>{literal('[1, 2]')}</in><return>{literal('i * 10')}</return></for>", [10, 20]),
        (f"<some iteratorVariable='i'><in>{literal('[1, 2]')}</in><satisfies>{literal('i = 2')}</satisfies></some>", True),
        (f"<every iteratorVariable='i'><in>{literal('[1, 2]')}</in><satisfies>{literal('i = 2')}</satisfies></every>",
         False),
        (f"<filter><in>{literal('[1, 5, 9]')}</in><match>{literal('item &gt; 4')}</match></filter>", [5, 9]),
        (f"<invocation>{literal('twice')}<binding><parameter name='n'/>{literal('21')}</binding></invocation>", 42),
        (literal("twice(n: 4)"), 8),
        (literal("twice"), "function(n)"),
        (literal('"5"', "number"), None),
        (literal("[5]", "number"), 5),
        (literal("5", "tAges"), [5]),
        (literal("500", "tAges"), None),
    ],
)  # fmt: skip
def test_boxed_expressions(logic: str, wanted: object) -> None:
    twice = knowledge("twice", ("n",), "n * 2")
    assert decided("d", PERSON, twice, decision("d", logic, needs=("!twice",))) == wanted


def test_decisions_need_each_other_and_names_have_spaces() -> None:
    greeting = decision(
        "greeting", '"Dear " + person.Full Name + ", " + string(left)', needs=("<person", "left")
    )
    parts = (
        PERSON,
        given("person", "tPerson"),
        decision("left", "18 - person.age", needs=("<person",)),
        greeting,
    )
    person = {"Full Name": "Ann", "age": 3, "born": "2023-01-02"}
    assert decided("greeting", *parts, inputs={"person": person}) == "Dear Ann, 15"
    born = decision("year", "person.born.year", needs=("<person",))
    assert decided("year", PERSON, given("person", "tPerson"), born, inputs={"person": person}) == 2023


def test_a_value_that_is_not_allowed_is_null_and_told() -> None:
    parts = (PERSON, given("age", "tAge"), decision("next", "age + 1", needs=("<age",)))
    run = Run(read_model(definitions(*parts)), {"age": 200})
    assert run.decide("next") is None
    assert run.problems == ["input 'age' is not of type tAge"]


def test_decisions_that_need_each_other_in_a_circle_are_told() -> None:
    parts = (decision("a", "b", needs=("b",)), decision("b", "a", needs=("a",)))
    run = Run(read_model(definitions(*parts)), {})
    assert run.decide("a") is None
    assert run.problems == ["'a' needs itself"]


def test_knowledge_calls_itself_and_services_take_what_they_are_given() -> None:
    factorial = knowledge("factorial", ("n",), "if n = 0 then 1 else n * factorial(n - 1)")
    assert decided("d", factorial, decision("d", "factorial(6)", needs=("!factorial",))) == 720
    service = (
        '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#sum"/>'
        '<inputDecision href="#rate"/><inputData href="#x"/></decisionService>'
    )
    parts = (
        given("x", "number"),
        decision("rate", "3"),
        decision("sum", "x * rate", needs=("<x", "rate")),
        service,
    )
    asked = decision("d", "[s(10, 7), s(rate: 2, x: 5), s(1)]", needs=("!s",))
    assert decided("d", *parts, asked) == [70, 10, None]
    assert decided("sum", *parts, inputs={"x": 10}) == 30


OUTPUT = "<output name='{}'><outputValues><text>{}</text></outputValues>{}</output>"
RULES = [["&gt; 10", '"low"', "1"], ["&gt; 20", '"high"', "2"], ["&gt; 20", '"high"', "2"]]


@pytest.mark.parametrize(
    ("policy", "more", "n", "wanted"),
    [
        ("UNIQUE", "", 15, {"risk": "low", "points": 1}),
        ("UNIQUE", "", 25, None),
        ("FIRST", "", 25, {"risk": "low", "points": 1}),
        ("PRIORITY", "", 25, {"risk": "high", "points": 2}),
        ("ANY", "", 25, None),
        ("ANY", "", 15, {"risk": "low", "points": 1}),
        ("RULE ORDER", "", 25, [{"risk": "low", "points": 1}, *[{"risk": "high", "points": 2}] * 2]),
        ("OUTPUT ORDER", "", 25, [*[{"risk": "high", "points": 2}] * 2, {"risk": "low", "points": 1}]),
        ("COLLECT", ' aggregation="COUNT"', 25, 3),
        ("FIRST", "", 1, {"risk": "low", "points": 0}),
    ],
)
def test_hit_policies(policy: str, more: str, n: int, wanted: object) -> None:
    default = "<defaultOutputEntry><text>{}</text></defaultOutputEntry>"
    outputs = [
        OUTPUT.format("risk", '"high", "low"', default.format('"low"')),
        OUTPUT.format("points", "[0..9]", default.format("0")),
    ]
    made = decision("d", table(policy, [("n", "number")], outputs, RULES, more), needs=("<n",))
    assert decided("d", given("n", "number"), made, inputs={"n": n}) == wanted


def test_models_import_each_other_under_a_name() -> None:
    shared = read_model(
        definitions(PERSON, knowledge("twice", ("n",), "n * 2"), decision("base", "7"), name="shared")
    )
    needs = (
        '<knowledgeRequirement><requiredKnowledge href="urn:shared#twice"/></knowledgeRequirement>'
        '<informationRequirement><requiredDecision href="urn:shared#base"/></informationRequirement>'
    )
    importing = '<import name="lib" namespace="urn:shared" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    made = f'<decision id="d" name="d"><variable name="d" typeRef="lib.tAge"/>{needs}{literal("lib.twice(lib.base)")}</decision>'
    model = read_model(definitions(importing, made), [shared])
    assert Run(model, {}).decide("d") == 14
    alone = read_model(definitions(importing, made))
    assert "the model urn:shared was not given" in str(alone.losses[0])
    assert Run(alone, {}).decide("d") is None


def test_what_is_not_carried_out_is_told_for_each_node() -> None:
    java = '<functionDefinition kind="Java"><context/></functionDefinition>'
    other = '<literalExpression expressionLanguage="urn:js"><text>1</text></literalExpression>'
    body = definitions(
        "<own:gadget/>",
        decision("a", java),
        decision("b", other),
        decision("c", "<own:box/>"),
        decision("d", "1 +", needs=("gone",)),
    )
    model = read_model(body)
    assert [loss.what for loss in model.losses] == [
        "is not known; kept, not carried out",
        "a function of kind Java is not carried out",
        "the language urn:js is not carried out",
        "has no logic; it gives null",
        "needs #gone, which is not there",
    ]
    run = Run(model, {})
    assert [run.decide(name) for name in "abcd"] == [None] * 4
    assert any("'1 +' cannot be read" in problem for problem in run.problems)


def test_a_model_comes_out_as_it_went_in_with_what_is_not_known() -> None:
    body = definitions(
        "\n  <!-- by hand -->\n  <own:thing own:at='1 &lt; 2'>a &amp; b<own:empty/></own:thing>\n  ",
        decision("d", literal('"a" &lt; "b"')),
        more=' own:version="7"',
    )
    written = write_markup(read_model(body).markup)
    assert write_markup(read_model(written).markup) == written
    for kept in (b"<!-- by hand -->", b"a &amp; b<own:empty/>", b'own:version="7"', b'own:at="1 &lt; 2"'):
        assert kept in written


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<a/>", "the root is no DMN <definitions>"),
        (b"<a", "line 1: unclosed token"),
        (b"", "line 1"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document types are refused"),
        (b"<a>" * 400 + b"</a>" * 400, "too deep"),
        (b"<a>" + b"x" * 5_000_000 + b"</a>", "more than 5000000 bytes"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "line 1"),
        (definitions(decision("d", "1"), decision("d", "2")), "the id 'd' is there twice"),
    ],
)
def test_what_is_no_model_is_refused_with_the_line(body: bytes, told: str) -> None:
    with pytest.raises(ModelRefused) as refusal:
        read_model(body)
    assert told in str(refusal.value)


def test_a_hostile_model_is_stopped() -> None:
    deep = "<list>" * 60 + literal("1") + "</list>" * 60
    run = Run(read_model(definitions(decision("d", deep))), {})
    run.decide("d")
    assert any("boxes inside each other" in problem for problem in run.problems)
    circle = '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>'
    assert decided("d", circle, decision("d", "1", "t")) in {1, None}


def test_tables_of_a_model_become_ours_and_the_rest_is_told() -> None:
    rules = [["&lt; 18", '"no"'], ["&gt;= 18", '"yes"']]
    may = decision(
        "May vote", table("U", [("age", "tAge")], ["<output typeRef='string'/>"], rules), needs=("<age",)
    )
    found = import_tables(read_model(definitions(PERSON, given("age", "tAge"), may, decision("x", "1"))))
    assert [str(loss) for loss in found.losses] == [
        "decision 'x' (line 1): is a literalExpression, not a table; it runs as part of the model only"
    ]
    assert found.tables == [
        {
            "table": "may-vote",
            "version": 1,
            "title": "May vote",
            "policy": "unique",
            "inputs": [{"name": "age", "type": "number", "allowed": "[0..130]", "expression": "age"}],
            "outputs": [{"name": "May vote", "type": "text"}],
            "rows": [
                {"id": "row-1", "when": ["< 18"], "then": ['"no"'], "reference": ""},
                {"id": "row-2", "when": [">= 18"], "then": ['"yes"'], "reference": ""},
            ],
        }
    ]
