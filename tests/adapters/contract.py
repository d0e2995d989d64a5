"""The conformance suite against an agency that is played, and what the exchange log keeps of each call.

class TestNPR(PlayedContract):
    key = "npr"
    ...
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from adapters import exchange, registry
from adapters.conformance.bench import Bench
from adapters.conformance.contract import AdapterContract
from adapters.errors import AdapterError, NotUnderstood, Refused, Unavailable
from adapters.models import Exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result, Retry
from adapters.sandbox import Sandbox, run
from tests.adapters import connections
from tests.sandbox.waiting import eventually


@pytest.mark.django_db
class PlayedContract(AdapterContract):
    """Every check of the suite, and the rows of accepted, refused, unavailable and not understood calls."""

    key: ClassVar[str]
    accepted: ClassVar[tuple[str, dict[str, Any]]]  # operation and value that the agency carries out
    rejected: ClassVar[tuple[str, dict[str, Any]]]  # … and one that it says no to
    refused: ClassVar[
        tuple[str, dict[str, Any], str]
    ]  # … one that the contract forbids, and the field at fault
    changes: ClassVar[tuple[str, dict[str, Any]] | None] = None  # one with an effect, if there is any

    @contextmanager
    def bench(self) -> Iterator[Bench]:
        """The adapter of the connection's folder, and the agency played in this process."""
        with run((self.key,), portal_url="http://127.0.0.1:9") as sandbox:
            spec = connections.spec(self.key, sandbox.url(self.key), sandbox.credentials().get(self.key))
            operation, value = self.accepted
            yield Bench(
                spec,
                registry.build(spec),
                sandbox.agencies[self.key],
                {operation: value},
                denied={self.rejected[0]: self.rejected[1]},
                forbidden={self.refused[0]: (self.refused[1], self.refused[2])},
            )

    @pytest.fixture
    def sandbox(self) -> Iterator[Sandbox]:
        with run((self.key,), portal_url="http://127.0.0.1:9") as sandbox:
            connections.load(sandbox)
            yield sandbox

    def perform(
        self, what: tuple[str, dict[str, Any]], key: str = "", timeout: float | None = None
    ) -> Result:
        context = Context("correlation", key or uuid.uuid4().hex, "MOV-1", "step", "test")
        return exchange.perform(self.key, what[0], what[1], context, timeout)

    def settled(self, what: tuple[str, dict[str, Any]], key: str = "") -> Result:
        """The final answer: a Pending one is asked after until there is one."""
        result = self.perform(what, key)
        if not isinstance(result, Pending):
            return result
        return eventually(lambda: self.answered(what[0], result.reference))

    def answered(self, operation: str, reference: str) -> Result | None:
        result = exchange.check(self.key, operation, reference, Context("correlation", uuid.uuid4().hex))
        return None if isinstance(result, Pending | Retry) else result

    def failing(self, error: type[AdapterError], timeout: float | None = None) -> Any:
        """The error of a call that must fail, and its row."""
        with pytest.raises(error) as caught:
            self.perform(self.accepted, timeout=timeout)
        return caught.value, Exchange.objects.recent()[0]

    def test_carries_out_and_logs_both_sides(self, sandbox: Sandbox) -> None:
        result = self.perform(self.accepted)
        assert isinstance(result, Accepted | Pending)
        row = Exchange.objects.recent()[0]
        assert row.state in {"accepted", "pending"}
        assert row.finished_at is not None
        assert row.sent_bytes
        assert row.canonical_value == self.accepted[1]
        assert row.case_reference == "MOV-1"
        assert b"Maria" not in bytes(row.canonical) + bytes(row.sent) + bytes(row.received)

    def test_says_no_as_a_result(self, sandbox: Sandbox) -> None:
        result = self.settled(self.rejected)
        assert isinstance(result, Rejected)
        assert result.code
        assert result.reason
        assert Exchange.objects.filter(state="rejected").exists()

    def test_refuses_before_sending(self, sandbox: Sandbox) -> None:
        operation, value, field = self.refused
        with pytest.raises(Refused) as caught:
            self.perform((operation, value))
        assert caught.value.field == field
        assert sandbox.ledger(self.key)["received"] == 0
        assert Exchange.objects.recent()[0].state == "refused"

    def test_closed_door_is_unavailable_and_nothing_was_sent(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, down=True)
        error, row = self.failing(Unavailable)
        assert error.sent is False
        assert error.retryable
        assert row.state == "unavailable"

    def test_out_of_order_is_unavailable(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, http_500=True)
        _, row = self.failing(Unavailable)
        assert row.sent_bytes

    @pytest.mark.parametrize("damage", ["malformed", "wrong_encoding"])
    def test_unreadable_answer_is_kept_with_its_line(self, sandbox: Sandbox, damage: str) -> None:
        sandbox.switch(self.key, **{damage: True})
        with pytest.raises(NotUnderstood) as caught:
            self.settled(self.accepted)
        assert caught.value.line > 0
        row = Exchange.objects.recent()[0]
        assert row.state == "not-understood"
        assert row.line == caught.value.line
        assert row.received_bytes == caught.value.wire.received != b""

    def test_same_key_has_one_effect(self, sandbox: Sandbox) -> None:
        if self.changes is None:
            return
        first = self.settled(self.changes, key="the-same")
        again = self.settled(self.changes, key="the-same")
        assert isinstance(first, Accepted)
        assert first == again
        assert sandbox.ledger(self.key)["effects"] == 1
