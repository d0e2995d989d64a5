"""Simulated agencies that decide later, and tell: by a status, a signed notice, a letter, or when asked."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from joserfc import jwt

from adapters import exchange, registry
from adapters.errors import Misconfigured
from adapters.kinds.soap.adapter import SoapAdapter
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from adapters.sandbox.running import Sandbox, environment_settings
from adapters.simulator import assertions
from adapters.simulator.owed import JOBS, Later
from adapters.simulator.promises import REASON, promises
from adapters.simulator.server import Listener, Request, Response
from adapters.simulator.settings import CLIENT_NAME, QUICK
from tests.adapters.connections import ADDRESS, CHANGE, PERSON, load
from tests.sandbox.portal import Portal
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
KEYS = ("npr", "tax", "brg", "pen", "laa")
Start = Callable[..., Sandbox]
BUSINESS = {
    "person": PERSON,
    "reservation": "R00000001",
    "activity": "62.01",
    "legalEntity": {"legalName": "Lindqvist Software", "registeredAddress": ADDRESS},
}
DEATH = {
    "person": PERSON,
    "dateOfDeath": "2026-11-20",
    "reporter": "Hospital",
    "certificate": {"title": "certificate.pdf", "mediaType": "application/pdf", "content": "JVBERi0="},
}


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.close()


@pytest.fixture
def start(portal: Portal) -> Iterator[Start]:
    running: list[Sandbox] = []

    def begin(later: Later = Later.ACCEPTED, folder: Path | None = None, url: str = "") -> Sandbox:
        settings = environment_settings(url or portal.url, folder, QUICK)
        sandbox = Sandbox(settings, KEYS, simulated=KEYS, later=later)
        sandbox.start()
        running.append(sandbox)
        load(sandbox)
        return sandbox

    yield begin
    for sandbox in running:
        sandbox.stop()


def context(key: str = "") -> Context:
    return Context("correlation", key or str(uuid.uuid4()), "MOV-2026-1", "step", "worker")


def move(portal: Portal) -> dict[str, Any]:
    return {
        **{"person": PERSON, "movers": [PERSON["identifier"]["notation"]], "moveDate": "2026-12-01"},
        **{"address": ADDRESS, "tenancy": True, "callback": portal.callback},
    }


def pending(key: str, operation: str, value: dict[str, Any], asked: Context | None = None) -> Pending:
    sent = exchange.perform(key, operation, value, asked or context())
    assert isinstance(sent, Pending)
    return sent


def concluded(key: str, operation: str, reference: str) -> Result:
    """Ask until it is decided."""
    found: list[Result] = []

    def is_decided() -> bool:
        found.append(exchange.check(key, operation, reference, context()))
        return not isinstance(found[-1], Pending)

    eventually(is_decided)
    return found[-1]


def test_a_decision_is_posted_with_a_token(start: Start, portal: Portal) -> None:
    sandbox = start()
    portal.failures = 1  # told again
    taken = pending("npr", "register_move", move(portal))
    (told,) = portal.wait_for(1)
    assert (told["reference"], told["status"]) == (taken.reference, "registered")
    header, form = portal.token_requests[0]
    key = assertions.signing_key(sandbox.settings.callback_key)
    claims = jwt.decode(form["client_assertion"][0], key, algorithms=["ES256"]).claims
    assert (header, claims["sub"]) == ("", "npr")
    answer = concluded("npr", "register_move", taken.reference)
    assert isinstance(answer, Accepted)
    assert answer.value["status"] == "registered"
    assert "reason" not in answer.value


def test_a_decision_is_told_twice_or_by_a_switch(start: Start, portal: Portal) -> None:
    start(Later.TWICE)
    pending("npr", "register_move", move(portal))
    first, second = portal.wait_for(2)
    assert first == second


def test_a_refusal_says_why(start: Start, portal: Portal) -> None:
    start(Later.REJECTED)
    taken = pending("npr", "register_move", move(portal))
    (told,) = portal.wait_for(1)
    assert (told["status"], told["reason"]) == ("refused", REASON)
    answer = concluded("npr", "register_move", taken.reference)
    assert isinstance(answer, Rejected)
    assert answer.reason == REASON
    assert answer.code


def test_an_agency_that_never_answers(start: Start, portal: Portal) -> None:
    sandbox = start(Later.NEVER)
    taken = pending("tax", "update_domicile", CHANGE)
    job = sandbox.agencies["tax"].store.get(JOBS, taken.reference)
    assert job is not None
    assert job["told"] == ""
    for _ in range(3):
        assert isinstance(exchange.check("tax", "update_domicile", taken.reference, context()), Pending)
    assert portal.notices == []


@pytest.mark.parametrize(("later", "result"), [(Later.ACCEPTED, Accepted), (Later.REJECTED, Rejected)])
@pytest.mark.parametrize(
    ("key", "operation", "value"),
    [("tax", "update_domicile", CHANGE), ("brg", "register_business", BUSINESS)],
)
def test_a_job_is_noticed_and_ends(
    start: Start,
    portal: Portal,
    key: str,
    operation: str,
    value: dict[str, Any],
    later: Later,
    result: type[Result],
) -> None:
    start(later)
    taken = pending(key, operation, value)
    answer = concluded(key, operation, taken.reference)
    assert isinstance(answer, result)
    eventually(lambda: portal.notices)
    assert portal.notices[0].path == f"/api/v1/agencies/{key}/notice"
    assert CLIENT_NAME in str(portal.notices[0].headers)


def test_the_same_key_is_one_job(start: Start) -> None:
    sandbox = start()
    first = pending("tax", "update_domicile", CHANGE, context("one"))
    again = pending("tax", "update_domicile", CHANGE, context("one"))
    other = pending("tax", "update_domicile", CHANGE, context("two"))
    assert first.reference == again.reference != other.reference
    assert sandbox.ledger("tax")["effects"] == 2


def test_a_restart_forgets_nothing(start: Start, portal: Portal, tmp_path: Path) -> None:
    first = start(folder=tmp_path)
    first.switch("npr", late_seconds=1)
    taken = pending("npr", "register_move", move(portal))
    first.stop()
    start(folder=tmp_path)
    (told,) = portal.wait_for(1)
    assert told["reference"] == taken.reference


def test_nobody_outside_the_portal_is_told(start: Start, portal: Portal) -> None:
    sandbox = start(url="http://127.0.0.1:9")
    taken = pending("npr", "register_move", move(portal))
    store = sandbox.agencies["npr"].store
    eventually(lambda: "outside" in (store.get(JOBS, taken.reference) or {})["told"])
    assert portal.token_requests == []


@pytest.mark.parametrize(("later", "result"), [(Later.ACCEPTED, Accepted), (Later.REJECTED, Rejected)])
def test_a_letter_comes_to_reply_to(
    start: Start, settings: LazySettings, later: Later, result: type[Result]
) -> None:
    posted: list[Request] = []

    def take(request: Request) -> Response:
        posted.append(request)
        return Response(202)

    listener = Listener("portal", take)
    listener.open()
    settings.PORTAL_URL = f"http://127.0.0.1:{listener.port}"
    try:
        start(later, url=settings.PORTAL_URL)
        taken = pending("pen", "report_death", DEATH)
        eventually(lambda: posted)
    finally:
        listener.close()
    adapter = registry.adapter("pen")
    assert isinstance(adapter, SoapAdapter)
    inbound = adapter.receive(posted[0].headers, posted[0].body)  # signed, and as the contract has it
    assert inbound.relates_to == taken.reference
    assert isinstance(inbound.result, result)
    assert posted[0].path == "/api/v1/agencies/pen/soap"


def test_codes_have_a_word_in_the_mapping(start: Start) -> None:
    start()
    for number in range(12):
        person = {**PERSON, "identifier": {"notation": f"1985031{number % 10}T42{number:02d}"}}
        answer = exchange.perform("npr", "get_household", {"person": person}, context())
        assert isinstance(answer, Accepted)
        assert answer.value["household"]["domicile"]["adminUnitL2"] in {"Eastholm", "Vestvik", "Norrby"}


@pytest.mark.parametrize("table", [{"by": "pigeon"}, {"accepted": "yes"}, {"how": "status"}, "status"])
def test_a_table_that_says_something_else_is_refused(table: Any) -> None:
    with pytest.raises(Misconfigured, match=r"\[later\]"):
        promises("npr", None, {}, table)  # type: ignore[arg-type]
