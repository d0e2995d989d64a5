"""Vestvik over real SMTP and POP3: the mail that goes out, the clerk's answer, and what is not one."""

import email
import json
import uuid
from collections.abc import Iterator
from email.policy import default
from typing import Any

import pytest

from adapters import exchange
from adapters.delivery import repetition
from adapters.errors import Misconfigured, NotUnderstood, OutcomeUnknown, Refused, Unavailable
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from adapters.post import InboundMail
from adapters.sandbox import Sandbox, run
from tests.adapters import connections
from tests.adapters.connections import CHANGE
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
VALUE: dict[str, Any] = {**CHANGE, "direction": "in", "movers": []}


@pytest.fixture
def vestvik() -> Iterator[Sandbox]:
    with run(("vestvik",), portal_url="http://127.0.0.1:9") as sandbox:
        connections.load(sandbox)
        yield sandbox


def tell(value: dict[str, Any] = VALUE, key: str = "") -> Pending:
    context = Context("correlation", key or uuid.uuid4().hex, "MOV-1")
    result = exchange.perform("vestvik", "open_case", value, context)
    assert isinstance(result, Pending)
    return result


def ask(told: Pending) -> Result | None:
    result = exchange.check("vestvik", "open_case", told.reference, Context("correlation", uuid.uuid4().hex))
    return None if isinstance(result, Pending) else result


def answer(told: Pending) -> Result:
    return eventually(lambda: ask(told))


def sent() -> email.message.EmailMessage:
    row = Exchange.objects.filter(operation="open_case").recent()[0]
    found = email.message_from_bytes(row.sent_bytes, policy=default)
    assert isinstance(found, email.message.EmailMessage)
    return found


def test_the_clerk_answers_and_the_number_is_read(vestvik: Sandbox) -> None:
    told = tell()
    result = answer(told)
    assert isinstance(result, Accepted)
    assert result.reference.startswith("VES-2")
    assert "wrote:" not in result.value["message"], "what the clerk quotes is not what the clerk says"
    kinds = set(InboundMail.objects.values_list("kind", flat=True))
    assert kinds == {"answer", "machine"}, "the machine's note came first and was no answer"


def test_the_mail_has_the_case_as_document_and_as_data(vestvik: Sandbox) -> None:
    told = tell()
    mail = sent()
    assert told.reference in mail["Message-ID"]
    assert told.reference in mail["Subject"]
    assert "19850312T4240" not in f"{mail['Subject']} {mail.get_body(('plain',))}", "names nobody in the open"
    parts = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert json.loads(parts["case.json"]) == VALUE
    assert parts["case.pdf"].startswith(b"%PDF-1.7")


def test_the_same_key_is_the_same_message_and_one_case(vestvik: Sandbox) -> None:
    first = tell(key="one")
    before = sent()["Message-ID"]
    again = tell(key="one")
    assert first == again
    assert sent()["Message-ID"] == before
    assert isinstance(answer(first), Accepted)
    assert vestvik.ledger("vestvik")["effects"] == 1
    assert tell(key="two").reference != first.reference


def test_no_is_a_result_with_the_clerk_s_words(vestvik: Sandbox) -> None:
    vestvik.switch("vestvik", reject=True)
    result = answer(tell())
    assert isinstance(result, Rejected)
    assert result.code == "refused"
    assert "no cases are opened at present" in result.reason


@pytest.mark.parametrize("damage", ["malformed", "wrong_encoding"])
def test_an_unclear_answer_goes_to_a_person_with_the_mail(vestvik: Sandbox, damage: str) -> None:
    vestvik.switch("vestvik", **{damage: True})
    told = tell()
    with pytest.raises(NotUnderstood):
        answer(told)
    row = Exchange.objects.filter(operation="open_case.check").recent()[0]
    assert row.state == "not-understood"
    assert b"freja.nilsson@vestvik" in row.received_bytes


def test_an_answer_from_elsewhere_is_shown_and_not_believed(vestvik: Sandbox) -> None:
    vestvik.switch("vestvik", wrong_contract=True)
    told = tell()
    row = eventually(
        lambda: ask(told) or Exchange.objects.filter(operation="mail", state="not-understood").first()
    )
    assert isinstance(row, Exchange)
    assert "clerk@elsewhere.example" in row.detail
    assert ask(told) is None


def test_a_lost_answer_of_the_server_goes_to_a_person_and_is_not_sent_again(vestvik: Sandbox) -> None:
    vestvik.switch("vestvik", no_reply=True, next_only=1)
    with pytest.raises(Unavailable) as caught:
        tell(key="lost")
    assert caught.value.sent
    row = Exchange.objects.get()
    assert row.is_uncertain
    assert b"Message-ID" in row.sent_bytes, "the evidence"
    with pytest.raises(OutcomeUnknown):
        tell(key="lost")
    assert vestvik.ledger("vestvik")["received"] == 1
    repetition.settle("vestvik", "open_case", "lost", "sent again by staff:1")
    assert isinstance(answer(tell(key="lost")), Accepted)
    assert vestvik.ledger("vestvik")["received"] == 2


def test_a_closed_door_and_an_office_out_of_order(vestvik: Sandbox) -> None:
    vestvik.switch("vestvik", http_500=True)
    with pytest.raises(Unavailable) as caught:
        tell()
    assert caught.value.sent is False
    vestvik.switch("vestvik", http_500=False, down=True)
    with pytest.raises(Unavailable):
        tell()
    vestvik.switch("vestvik", down=False)
    assert isinstance(answer(tell()), Accepted)


def test_two_answers_are_one(vestvik: Sandbox) -> None:
    vestvik.switch("vestvik", duplicate_callback=True)
    told = tell()
    first = answer(told)
    assert isinstance(first, Accepted)
    eventually(lambda: ask(told) and InboundMail.objects.filter(kind="answer").count() == 2)
    assert ask(told) == first


def test_what_lacks_a_field_is_refused_before_sending(vestvik: Sandbox) -> None:
    with pytest.raises(Refused) as caught:
        tell(CHANGE)
    assert caught.value.field == "direction"
    assert vestvik.ledger("vestvik")["received"] == 0


@pytest.mark.parametrize("name", ["password", "mailbox_password"])
def test_wrong_credentials_are_misconfigured(vestvik: Sandbox, name: str) -> None:
    row = Connection.objects.get(key="vestvik")
    row.credentials = {**row.credentials, name: "wrong"}
    row.save()
    with pytest.raises(Misconfigured):
        ask(tell())


def test_a_server_that_nobody_vouches_for_gets_nothing(vestvik: Sandbox) -> None:
    row = Connection.objects.get(key="vestvik")
    row.credentials = {name: value for name, value in row.credentials.items() if name != "ca"}
    row.save()
    with pytest.raises(Unavailable, match="no secure connection") as caught:
        tell()
    assert caught.value.sent is False
    assert vestvik.ledger("vestvik")["received"] == 0
