"""The address where agencies answer SOAP requests later: signatures, contract, repetitions, the case."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from adapters import registry
from adapters.models import Exchange
from adapters.ports import Pending
from adapters.samples import soap
from adapters.sandbox import Sandbox, run
from adapters.sandbox.identities import identity
from adapters.sandbox.pen_reports import ACTION, CONTENT
from adapters.simulator import addressing, parts
from adapters.simulator.letters import WSA
from adapters.wss.sealing import Sealing
from adapters.wss.signing import Signer
from identity.models import User
from tests.adapters.keys import certificate, key, pem
from tests.workflows.world import Agencies, Clock, run_due, submitted
from workflows.models import Case, CaseReference, Inbox

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/agencies/pen/soap"
REFERENCE = "urn:uuid:8fa4009c-8ca2-5a69-b446-1bdcabc4b62f"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"


@pytest.fixture(autouse=True)
def sandbox() -> Iterator[Sandbox]:
    with run(("pen", "npr", "laa")) as sandbox:
        registry.load_all(sandbox.urls(), sandbox.credentials())
        yield sandbox


def answer(
    sandbox: Sandbox,
    *,
    state: str = "ENDED",
    relates_to: str = REFERENCE,
    by: Signer | None = None,
    age: int = 0,
) -> tuple[str, bytes]:
    """What the agency would post: its own words, its own signature, its letter as a part."""
    agency: Any = sandbox.agencies["pen"]
    report = {"number": "PEN/2026/000001", "insured": "195711115500", "state": state}
    content = agency.reports.outcome(
        "ReportDeathResponse", {**report, "decided_at": "2026-11-02T10:00:00+00:00"}
    )
    root = soap.envelope("1.2", [], [content])
    blocks = {"Action": ACTION, "MessageID": f"urn:uuid:{uuid.uuid4()}", "RelatesTo": relates_to}
    addressing.address(root, WSA, {**blocks, "To": f"http://testserver{ADDRESS}"})
    own = identity("pen", None)
    sealing = Sealing(
        by or Signer.read(own.key, own.certificate), frozenset({"body", "timestamp", "addressing"})
    )
    sealing.apply(root, datetime.now(UTC) - timedelta(minutes=age))
    content_type, packed = parts.packing(CONTENT, "application/soap+xml")
    return content_type, packed(etree.tostring(root))


def post(client: Client, content_type: str, body: bytes, address: str = ADDRESS) -> Any:
    return client.post(address, body, content_type)


def test_a113_an_answer_reaches_its_case_once(
    sandbox: Sandbox, client: Client, agencies: Agencies, clock: Clock, maria: User
) -> None:
    agencies.answers["npr.register_move"] = lambda _v, _c: Pending(REFERENCE)
    case = submitted(maria, clock)
    run_due(clock)
    CaseReference.objects.filter(reference=REFERENCE).update(connection="pen")
    message = answer(sandbox)
    replies = [post(client, *message), post(client, *message)]
    assert [(reply.status_code, reply.content) for reply in replies] == [(202, b""), (202, b"")]
    logged = Exchange.objects.filter(direction="in", connection="pen").order_by("id")
    assert [row.detail for row in logged] == ["recorded", "duplicate"]
    assert {(row.case_reference, row.correlation_id) for row in logged} == {
        (case.reference, str(case.correlation_id))
    }
    assert b"The pension of 195711115500 has ended." in logged[0].received_bytes
    assert logged[0].answer_value["letter"]["title"] == "decision.txt"
    clock.move(days=3000)  # jobs of the API are due at the wall clock's time
    run_due(clock)
    assert Case.objects.get().state["data"]["npr"]["status"] == "ended"


def test_a_refusal_is_told_with_its_reason(sandbox: Sandbox, client: Client) -> None:
    assert post(client, *answer(sandbox, state="REFUSED")).status_code == 202
    told = Inbox.objects.get().message
    assert (told["status"], told["reason_code"]) == ("refused", "E090")
    assert told["reason"] == "the agency refuses every report at present"
    assert told["decided_at"] == "2026-11-02T10:00:00+00:00"


def test_a117_an_answer_to_nothing_known_is_kept(sandbox: Sandbox, client: Client) -> None:
    assert post(client, *answer(sandbox, relates_to="urn:uuid:nobody")).status_code == 202
    assert Inbox.objects.get().outcome == "unknown-reference"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body.replace(b"ENDED", b"TAKEN"), "FailedCheck"),
        (lambda body: body.replace(b"has ended", b"goes  on"), "FailedCheck"),  # the attachment is signed too
        (lambda body: body.replace(REFERENCE.encode(), REFERENCE.replace("8", "9").encode()), "FailedCheck"),
        (
            lambda body: body.replace(b"ds:Signature>", b"ds:Sygnature>").replace(
                b"<ds:Signature ", b"<ds:Sygnature "
            ),
            "InvalidSecurity",
        ),
    ],
)
def test_a112_a114_what_is_not_the_agencys_is_refused_and_not_kept(
    sandbox: Sandbox, client: Client, change: Any, code: str
) -> None:
    content_type, body = answer(sandbox)
    changed = change(body)
    assert changed != body
    reply = post(client, content_type, changed)
    _insist_on_fault(reply, code)


def _insist_on_fault(reply: Any, code: str) -> None:
    assert reply.status_code == 400
    assert code in reply.content.decode()
    assert Inbox.objects.count() == 0
    assert Exchange.objects.filter(direction="in").count() == 0


def test_a112_a115_a_stranger_and_an_old_message_are_refused(sandbox: Sandbox, client: Client) -> None:
    stranger = Signer.read(pem(key("ec", "stranger")), pem(certificate("ec", "stranger")))
    _insist_on_fault(post(client, *answer(sandbox, by=stranger)), "InvalidSecurityToken")
    _insist_on_fault(post(client, *answer(sandbox, age=30)), "MessageExpired")


def test_a_fault_is_written_in_the_version_of_the_message(client: Client) -> None:
    newer = post(
        client, "application/soap+xml", f'<s:Envelope xmlns:s="{SOAP[1:-1]}"><s:Body/></s:Envelope>'.encode()
    )
    assert newer.status_code == 400
    assert newer["Content-Type"].startswith("application/soap+xml")
    fault = etree.fromstring(newer.content).find(f"{SOAP}Body/{SOAP}Fault")
    assert fault is not None
    assert fault.findtext(f"{SOAP}Code/{SOAP}Value") == "soap:Sender"
    assert fault.findtext(f"{SOAP}Code/{SOAP}Subcode/{SOAP}Value") == "wsse:InvalidSecurity"
    older = post(client, "text/xml", b"<a/>")
    assert older.status_code == 500
    assert b"<faultcode>soap:Client</faultcode>" in older.content


def test_an_answer_that_breaks_the_contract_is_kept_for_a_person(sandbox: Sandbox, client: Client) -> None:
    agency: Any = sandbox.agencies["pen"]
    outcome = agency.reports.outcome
    agency.reports.outcome = lambda name, report: outcome("GetEntitlementResponse", report)
    assert post(client, *answer(sandbox)).status_code == 400
    row = Exchange.objects.get(direction="in")
    assert (row.state, row.detail) == ("not-understood", "the message answers no operation of the contract")
    assert row.received_bytes
    assert Inbox.objects.count() == 0


@pytest.mark.parametrize("agency", ["laa", "npr", "nobody"])
def test_agencies_that_do_not_answer_later(client: Client, agency: str) -> None:
    assert post(client, "text/xml", b"<a/>", f"/api/v1/agencies/{agency}/soap").status_code == 404


def test_a_message_too_large_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onestop.api.soap_answers.LARGEST", 100)
    assert post(client, "text/xml", b"x" * 101).status_code == 413
