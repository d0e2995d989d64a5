"""Definitions with one fault each: the step that is named, the reason and the suggestion."""

from typing import Any

from tests.workflows.playing import deliver
from tests.workflows.served import document

JSON = dict[str, Any]
ASK: JSON = {"id": "q", "kind": "event", "from": "hos", "type": "born", "match": "=answers.n", "into": "told"}
TEXT: JSON = {"en": {"title": "Hello"}}
PAGES = [{"id": "p", "title": "P", "fields": [{"name": "n", "kind": "text", "label": "N", "path": "n"}]}]
END: JSON = {"id": "e", "kind": "end", "outcome": "completed"}
RULE: JSON = {"id": "d", "kind": "decide", "into": "d", "rules": [{"set": {"fee": 1}}]}


def cites(*steps: JSON, **more: Any) -> JSON:
    return document(*steps, **{"begins": "citizen", "pages": PAGES, **more})


def notify(**more: Any) -> JSON:
    return {"id": "n", "kind": "notify", "texts": TEXT, **more}


FAULTS: list[tuple[str, JSON, str, str, str]] = [
    (
        "step after the end",
        cites(END, notify()),
        "step 'n'",
        "cannot be reached",
        "give step 'e' a condition",
    ),
    (
        "branch that ends all",
        cites({"id": "p", "kind": "parallel", "branches": [[END], [RULE]]}, notify()),
        "step 'n'",
        "step 'p' always ends the case",
        "when",
    ),
    ("never true", cites(notify(when="false")), "step 'n'", "never true", "take the step away"),
    (
        "no last rule",
        cites({**RULE, "rules": [{"when": "true", "set": {}}]}),
        "step 'd'",
        "dead end",
        "no condition",
    ),
    (
        "quorum",
        cites({"id": "p", "kind": "parallel", "join": 3, "branches": [[RULE]]}),
        "step 'p'",
        "3 of 1",
        "say 1",
    ),
    (
        "itself",
        cites({"id": "s", "kind": "service", "service": "trial", "within": "P1D"}),
        "step 's'",
        "its own service",
        "another",
    ),
    (
        "unknown name",
        cites(notify(when="anwsers.n = 1")),
        "step 'n'",
        "reads 'anwsers'",
        "did you mean 'answers'?",
    ),
    ("unknown answer", cites(notify(when="answers.m = 1")), "step 'n'", "no field 'm'", "there are n"),
    (
        "unknown outcome",
        cites(RULE, notify(data={"x": "=d.feee"})),
        "step 'n'",
        "no field 'feee'",
        "did you mean 'fee'?",
    ),
    (
        "too early",
        cites(notify(when="d.fee = 1"), RULE),
        "step 'n'",
        "reads 'd', which no step before it keeps",
        "there are",
    ),
    (
        "of another branch",
        cites({"id": "p", "kind": "parallel", "branches": [[RULE], [notify(when="d.fee = 1")]]}),
        "step 'n'",
        "reads 'd'",
        "",
    ),
    (
        "of a repetition",
        cites(
            {"id": "r", "kind": "repeat", "as": "x", "for_each": "=answers.n", "steps": [RULE]},
            notify(when="x = 1 or d.fee = 1"),
        ),
        "step 'n'",
        "reads 'x'",
        "",
    ),
    (
        "in a filter",
        cites(notify(data={"x": "=answers.n[a = answers.zz]"})),
        "step 'n'",
        "no field 'zz'",
        "there are n",
    ),
    (
        "of an undo",
        cites(
            deliver(
                "a",
                timeout="P1D",
                on_timeout={"unit": "tax", "task": "t"},
                undo={"operation": "u", "input": {"x": "=aa.b"}},
            )
        ),
        "step 'a'",
        "reads 'aa'",
        "",
    ),
    (
        "no agreement",
        cites(deliver("a", chase="P1D"), legalBasis=""),
        "step 'a'",
        "without an agreement",
        "legal_basis",
    ),
    ("no timeout", cites(ASK), "step 'q'", "waits without a timeout", "add within"),
    (
        "sub-service for ever",
        cites({"id": "s", "kind": "service", "service": "x"}),
        "step 's'",
        "without a timeout",
        "within",
    ),
    (
        "no bound",
        cites({"id": "l", "kind": "loop", "until": "true", "steps": [RULE]}),
        "step 'l'",
        "without a bound",
        "at_most",
    ),
    (
        "no way out",
        cites({"id": "l", "kind": "loop", "until": "answers.n = 1", "at_most": 3, "steps": [RULE]}),
        "step 'l'",
        "the rounds keep d",
        "let a step inside",
    ),
    (
        "text for value",
        cites({"id": "c", "kind": "cosign", "people": "answers.n", "within": "P1D", "into": "c"}),
        "step 'c'",
        "is the text",
        "begin it with an equals sign",
    ),
    (
        "bad calendar",
        cites({"id": "t", "kind": "timer", "for": {"days": 3, "calendar": "nationl"}}),
        "step 't'",
        "no calendar 'nationl'",
        "did you mean 'national'?",
    ),
    (
        "empty term",
        cites({"id": "t", "kind": "timer", "for": {"rolls": False}}),
        "step 't' for",
        "needs years",
        "",
    ),
    (
        "two times",
        cites({"id": "t", "kind": "timer", "for": "P1D", "until": "=answers.n"}),
        "step 't'",
        "either for or until",
        "",
    ),
    ("lost table", cites({**RULE, "rules": [], "table": "fee"}), "step 'd'", "no table 'fee'", "add it"),
    ("rules and table", cites({**RULE, "table": "fee"}), "step 'd'", "either rules or a table", ""),
    (
        "broken table",
        cites({**RULE, "rules": [], "table": "fee"}, tables={"fee": {"table": "fee"}}),
        "table 'fee'",
        "",
        "",
    ),
    ("nothing to undo", cites({"id": "u", "kind": "compensate"}), "step 'u'", "nothing to take back", "undo"),
    (
        "undo of what",
        cites({"id": "u", "kind": "compensate", "only": ["x"]}),
        "step 'u'",
        "'x', which has no undo",
        "none",
    ),
    (
        "word",
        cites(notify(chanels=["email"])),
        "step 'n' chanels",
        "no word 'chanels'",
        "did you mean 'channels'?",
    ),
    (
        "kind",
        cites({"id": "k", "kind": "notfy"}),
        "step 'k'",
        "no kind of step 'notfy'",
        "did you mean 'notify'?",
    ),
    ("silent notice", cites({"id": "n", "kind": "notify"}), "step 'n'", "template or texts", ""),
    ("no pages", cites(RULE, pages=[]), "pages", "asks nothing", "add a page"),
    ("no start", document(RULE, begins="event"), "start", "which event", "add start"),
    (
        "start's name",
        document(RULE, begins="event", start={"from": "hos", "type": "b", "applicant": "=evnt.x"}),
        "start",
        "reads 'evnt'",
        "did you mean 'event'?",
    ),
    (
        "lost prefill",
        cites(
            RULE,
            pages=[
                {
                    **PAGES[0],
                    "fields": [
                        {**PAGES[0]["fields"][0], "prefill": {"from": "reg", "path": "x", "source": "npr"}}
                    ],
                }
            ],
        ),
        "field 'n'",
        "filled from 'reg'",
        "applicant",
    ),
]
