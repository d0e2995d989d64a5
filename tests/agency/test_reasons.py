"""Nobody of the staff looks into a case that is not theirs without a reason its people can read (A102)."""

import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from adapters import exchange_log, registry
from adapters.delivery import gate
from adapters.errors import Unavailable
from adapters.models import Exchange, Gate
from adapters.ports import Context
from identity.models import RecordEntry, User
from identity.models.people import identifier_index
from identity.record import entries
from onestop.agency.reasons import KEPT_SECONDS
from tests.agency.world import Role, exchange, member, question, reads, signed_in, told, with_reason
from tests.workflows.world import MARIA, OLE, Clock
from workflows.models import Case
from workflows.services.drafts import start_draft

pytestmark = pytest.mark.django_db
SECRET = "Harbour Street 7"
REASON = "Ticket 417: the answer was not understood"


@pytest.fixture
def row(case: Case) -> Exchange:
    return exchange(case.reference, canonical={"street": SECRET}, sent=SECRET.encode())


def address(row: Exchange) -> str:
    return reverse("agency:exchange", args=[row.public_id])


def purposes(notation: str) -> list[str]:
    """Why somebody read about a person, as the record says, the oldest first."""
    found = RecordEntry.objects.about(identifier_index(notation)).filter(kind=RecordEntry.Kind.READ)
    return [entries.read(one).purpose for one in found.select_related("person").order_by("pk")]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INTEGRATOR, Role.CASEWORKER])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a102_without_a_reason_nothing_is_shown(case: Case, row: Exchange, role: str, method: str) -> None:
    client = signed_in(member(role, "npr"))
    shown = getattr(client, method)(address(row))
    assert SECRET not in shown.content.decode()
    assert reads(case) == []
    assert purposes(MARIA) == []
    assert "Why do you need to see it?" in client.get(address(row)).content.decode()


@pytest.mark.parametrize("state", Exchange.State.values)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INTEGRATOR, Role.CASEWORKER])
def test_a102_lists_say_nothing_that_an_agency_said(case: Case, state: str, role: str) -> None:
    """A rejection may name a person or an address within its first words."""
    row = exchange(case.reference, state=state, detail=f"17: {SECRET} is not known", status=SECRET)
    client = signed_in(member(role, "npr"))
    for page in ("agency:exchanges", "agency:home"):
        assert SECRET not in client.get(reverse(page)).content.decode()
    shown = client.get(reverse("agency:connection", args=["npr"])).content.decode()
    assert SECRET not in shown
    assert SECRET in with_reason(client, row, REASON)


def test_a102_an_agency_that_is_down_tells_of_nobody_beside_its_connection(case: Case) -> None:
    """The circuit says why it is open in our words; what the fault said is in the log, behind a reason."""
    registry.load_all({}, only=["npr"])
    standing = gate.standing("npr")
    down = Unavailable("npr", "fault Server", said=f"no locker for {SECRET}")
    for _ in range(standing.policy.circuit.failures):
        gate.note(standing, down)
    row = exchange_log.begun("npr", "register_move", {}, Context("c", "k", case=case.reference))
    exchange_log.conclude(row, down, standing.policy)
    assert row.detail == f"fault Server: no locker for {SECRET}"
    client = signed_in(member(Role.INTEGRATOR))
    shown = client.get(reverse("agency:connection", args=["npr"])).content.decode()
    assert "fault Server" in shown
    assert SECRET not in shown
    assert SECRET not in Gate.objects.get(key="npr").reason


@pytest.mark.parametrize("reason", ["", "   ", "short", "x" * 301, "bell \x07 in a reason"])
def test_a102_a_reason_that_says_nothing_is_none(row: Exchange, reason: str) -> None:
    client = signed_in(member(Role.ADMINISTRATOR))
    refused = client.post(address(row), {"reason": reason})
    assert refused.status_code == 422
    assert SECRET not in refused.content.decode()
    assert SECRET not in client.get(address(row)).content.decode()


def test_a102_the_reason_is_in_the_record_and_the_citizen_reads_it(
    case: Case, row: Exchange, maria: User
) -> None:
    client = signed_in(member(Role.ADMINISTRATOR))
    assert SECRET in with_reason(client, row, REASON)
    assert purposes(MARIA) == [REASON]
    assert len(reads(case)) == 1
    seen = " ".join(signed_in(maria).get("/my/data/seen").content.decode().split())
    assert "An administrator of this portal read a message about you" in seen
    assert f"Why: {REASON}" in seen


def test_a102_what_is_typed_is_shown_as_text(row: Exchange, maria: User) -> None:
    evil = "<img src=x onerror=alert(1)> %(who)s {{ 7*7 }}"
    with_reason(signed_in(member(Role.INTEGRATOR)), row, evil)
    seen = signed_in(maria).get("/my/data/seen").content.decode()
    assert "<img src=x" not in seen
    assert "%(who)s {{ 7*7 }}" in seen


def test_a102_a_reason_is_for_one_case_and_a_quarter_of_an_hour(row: Exchange, case: Case) -> None:
    client = signed_in(member(Role.INTEGRATOR))
    with_reason(client, row, REASON)
    other = exchange("MOV-0000-0001", correlation_id="x", canonical={"identifier": {"notation": OLE}})
    assert SECRET in client.get(address(exchange(case.reference, sent=SECRET.encode()))).content.decode()
    assert "Why do you need" in client.get(address(other)).content.decode()
    with time_machine.travel(time.time() + KEPT_SECONDS + 1):
        session = client.session
        session.set_expiry(3600)
        session.save()
        assert SECRET not in client.get(address(row)).content.decode()
    assert SECRET not in signed_in(member(Role.INTEGRATOR)).get(address(row)).content.decode()


@pytest.mark.parametrize("work", [question, lambda case: told("npr", case.reference)])
def test_a_caseworker_who_works_on_the_case_needs_no_reason(case: Case, row: Exchange, work: Any) -> None:
    work(case)
    assert SECRET in signed_in(member(Role.CASEWORKER, "npr")).get(address(row)).content.decode()
    assert purposes(MARIA) == ["Moving house"]


def test_a102_a141_what_registers_told_an_application_is_read_with_a_reason_too(
    maria: User, clock: Clock, agencies: object
) -> None:
    draft = start_draft(service="moving-house", actor=maria, now=clock())
    household = {"member": [{"identifier": {"notation": OLE}}], "street": SECRET}
    row = exchange(correlation_id=str(draft.public_id), answer=household)
    client = signed_in(member(Role.INTEGRATOR))
    assert SECRET not in client.get(address(row)).content.decode()
    assert SECRET in with_reason(client, row, REASON)
    assert purposes(MARIA) == purposes(OLE) == [REASON]


def test_an_exchange_about_nobody_needs_no_reason() -> None:
    row = exchange(operation="status", received=b"pong")
    assert b"pong" in signed_in(member(Role.INTEGRATOR)).get(address(row)).content


def test_a102_strangers_are_not_asked(row: Exchange, maria: User) -> None:
    for client, status in ((Client(), 302), (signed_in(maria), 403)):
        assert client.post(address(row), {"reason": REASON}).status_code == status
    assert signed_in(member(Role.CASEWORKER, "sia")).post(address(row), {"reason": REASON}).status_code == 403
