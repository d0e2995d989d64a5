"""An agency's desk after a court has overruled it: the queue, the decision, the answer, and who may."""

import pytest
from django.test import Client

from adapters.models import Ruling, WorkbenchItem
from identity.models import User
from tests.agency.world import Role, member, reads, signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.court import appealed, open_court, refused_move
from tests.workflows.world import Agencies, Clock, officer, pass_time
from workflows.models import Case
from workflows.services.hearings import rule

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
REASONS = "The register mistook the dwelling."
ANEW = "Your move is registered."


@pytest.fixture
def refused(agencies: Agencies, clock: Clock, maria: User) -> Case:
    open_court(agencies)
    return refused_move(maria, clock)


@pytest.fixture
def item(refused: Case, maria: User, clock: Clock) -> WorkbenchItem:
    matter = appealed(refused, maria, clock)[1]
    rule(item=matter, actor=officer("crt"), outcome="granted", reasons=REASONS, law="Act", now=clock())
    pass_time(clock, seconds=1)
    return WorkbenchItem.objects.get(case_reference=refused.reference)


@pytest.fixture
def nora(db: None) -> Client:
    return signed_in(member(Role.CASEWORKER, "npr", "Nora"))


def address(item: WorkbenchItem) -> str:
    return f"/agency/overturned/{item.public_id}/"


def test_the_queue_says_what_it_is_and_leads_there(nora: Client, item: WorkbenchItem) -> None:
    home = nora.get("/agency/").content.decode()
    assert item.reference in home
    assert "A court has overturned a decision: decide again" in home
    led = nora.get(f"/agency/workbench/{item.public_id}/")
    assert (led.status_code, led["Location"]) == (302, address(item))


def test_the_decision_is_read_with_its_document(nora: Client, item: WorkbenchItem, refused: Case) -> None:
    text = nora.get(address(item)).content.decode()
    for words in (REASONS, "Nobody moves within a dwelling", refused.reference, "District Court"):
        assert words in text, words
    assert reads(refused)[-1]["what"] == f"court decision {item.reference}"
    document = nora.get(f"{address(item)}decision.pdf")
    assert document.content == Ruling.objects.get().document
    assert reads(refused)[-1]["what"].startswith("decision CRT-")


def test_the_new_decision_reaches_the_citizen(
    nora: Client, item: WorkbenchItem, refused: Case, maria: User
) -> None:
    citizen = signed_in(maria)
    page = f"/my/cases/{refused.reference}/"
    before = citizen.get(page).content.decode()
    assert "To be decided again" in before
    assert "The court granted your appeal: this refusal no longer holds" in before
    assert before.index("must decide again") < before.index("The case ended without success")
    assert nora.post(address(item), {"decision": " "}).status_code == 422
    assert nora.post(address(item), {"decision": f"{ANEW}<b>"}).status_code == 302
    after = citizen.get(page).content.decode()
    assert f"{ANEW}&lt;b&gt;" in after
    assert "National Population Register has decided again" in after
    assert "Your case was decided again" in citizen.get("/my/messages/").content.decode()
    assert ANEW in nora.get(address(item)).content.decode()
    late = nora.post(address(item), {"decision": "Another"})
    assert (late.status_code, "decided meanwhile" in late.content.decode()) == (409, True)
    assert "Another" not in citizen.get(page).content.decode()


def test_integrators_pass_it_on_only_where_nobody_is_there(item: WorkbenchItem) -> None:
    hiroshi = signed_in(member(Role.INTEGRATOR))
    assert item.reference in hiroshi.get("/agency/").content.decode()
    assert hiroshi.get(address(item)).status_code == 200
    member(Role.CASEWORKER, "npr", "Nora")
    assert item.reference not in hiroshi.get("/agency/").content.decode()
    assert hiroshi.get(address(item)).status_code == 404


def test_nobody_else_sees_it(item: WorkbenchItem, refused: Case, maria: User) -> None:
    others = [signed_in(member(Role.CASEWORKER, unit)) for unit in ("crt", "tax")]
    for client in (*others, signed_in(maria), Client()):
        for path in (address(item), f"{address(item)}decision.pdf"):
            assert client.get(path).status_code in (302, 403, 404)
        assert client.post(address(item), {"decision": ANEW}).status_code in (302, 403, 404)
    assert not [read for read in reads(refused) if "court decision" in str(read)]
    item.refresh_from_db()
    assert item.state == "open"
