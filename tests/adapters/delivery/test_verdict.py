"""A connection's own lists decide what is temporary, what is permanent and what surely was not done."""

from typing import Any

import pytest

from adapters.delivery.policy import Failures
from adapters.delivery.verdict import is_uncertain, judged
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Refused, Unavailable
from adapters.ports import Accepted, Rejected, Reply, Retry, Wire

FAILURES = Failures(temporary=frozenset({"409", "E7"}), permanent=frozenset({"501"}))


def wire(status: str) -> Wire:
    return Wire(b"a", b"b", "", "", status)


@pytest.mark.parametrize(("status", "code"), [("409", "conflict"), ("200", "E7")])
def test_a_no_that_is_temporary_is_tried_again(status: str, code: str) -> None:
    outcome = judged("x", FAILURES, Reply(Rejected(code, "busy"), wire(status)))
    assert isinstance(outcome, Reply)
    assert outcome.result == Retry("busy")


def test_a_failure_that_is_permanent_is_not_tried_again() -> None:
    outcome = judged("x", FAILURES, Unavailable("x", "out of order", wire=wire("501")))
    assert isinstance(outcome, AdapterError)
    assert not outcome.retryable
    asked = judged("x", FAILURES, Reply(Retry("later"), wire("501")))
    assert isinstance(asked, AdapterError)
    assert not asked.retryable


def test_a_setting_that_is_temporarily_wrong_is_tried_again() -> None:
    outcome = judged("x", FAILURES, Misconfigured("x", "refuses", wire=wire("409")))
    assert isinstance(outcome, Unavailable)


def test_what_is_on_no_list_stays_as_it_is() -> None:
    for outcome in (Reply(Rejected("E8", "no"), wire("400")), Unavailable("x", "y", wire=wire("500"))):
        assert judged("x", FAILURES, outcome) is outcome


@pytest.mark.parametrize(
    ("outcome", "uncertain"),
    [
        (Reply(Accepted(), Wire()), False),
        (Reply(Retry("later"), Wire()), False),
        (Unavailable("x", "timed out"), True),
        (Unavailable("x", "refused", sent=False), False),
        (Unavailable("x", "full", wire=wire("503")), False),
        (Unavailable("x", "out of order", wire=wire("500")), True),
        (NotUnderstood("x", "gibberish"), True),
        (Refused("x", "too long"), False),
        (Misconfigured("x", "credentials"), False),
        (RuntimeError("a fault of ours"), True),
    ],
)
def test_what_may_have_arrived(outcome: Any, uncertain: bool) -> None:
    assert is_uncertain(FAILURES, outcome) is uncertain
