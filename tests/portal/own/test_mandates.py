"""Acting for others as citizens and clerks meet it: chosen, named on every page, ended at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from adapters.errors import Unavailable
from adapters.ports import Accepted
from identity.mandates.granting import grant, revoke
from identity.models import Mandate, RecordEntry, StaffRole, User
from onestop.catalogue.seed import seed_catalogue
from tests.portal.follow.world import signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import CHILD, MARIA, OLE, Agencies, Clock, citizen, filled_draft, person, submitted
from workflows import receipts
from workflows.answers import AnswersInvalid
from workflows.models import Case, Draft
from workflows.services.drafts import save_page, start_draft
from workflows.services.errors import NotAllowed
from workflows.services.submission import submit_case

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
PAGE = "/my/mandates/"


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    seed_catalogue()


@pytest.fixture
def ole(maria: User) -> User:
    return citizen(OLE, "Ole")


@pytest.fixture
def mandate(maria: User, ole: User) -> Mandate:
    now = timezone.now()
    return grant(
        actor=maria,
        agent_number=OLE,
        agent_name="Ole",
        services=["moving-house"],
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=1000),
        now=now,
    )


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def acting(ole: User, mandate: Mandate) -> Client:
    client = signed_in(ole)
    assert client.post(f"{PAGE}{mandate.public_id}/act").status_code == 302
    return client


def test_a_citizen_gives_a_mandate_and_takes_it_back(maria: User, ole: User) -> None:
    client = signed_in(maria)
    until = timezone.localdate() + timedelta(days=90)
    sent = {"number": " 1984 0701 T1239", "name": "Ole", "services": ["moving-house"]}
    sent |= {f"until-{part}": str(getattr(until, part)) for part in ("day", "month", "year")}
    refused = client.post(f"{PAGE}new", sent)
    assert refused.status_code == 422, "the number of the tests has no right check digit"
    assert "Enter a personal number" in words(refused)
    sent["number"] = "19850312T4240"
    done = client.post(f"{PAGE}new", sent, follow=True)
    assert "Ole may act for you now." in words(done)
    given = Mandate.objects.get()
    ended = client.post(f"{PAGE}{given.public_id}/end", follow=True)
    assert "The mandate has ended." in words(ended)
    given.refresh_from_db()
    assert given.revoked_at is not None


def test_the_agent_chooses_and_every_page_says_for_whom(mandate: Mandate, ole: User) -> None:
    client = acting(ole, mandate)
    for address in ("/", "/my/", PAGE):
        assert "<bdi><strong>Maria Lind</strong></bdi>" in words(client.get(address)), address
    client.post(f"{PAGE}stop")
    assert "<strong>Maria Lind</strong>" not in words(client.get("/my/"))


def test_a_case_filed_for_somebody_names_both(
    mandate: Mandate, maria: User, ole: User, clock: Clock, agencies: Agencies
) -> None:
    client = acting(ole, mandate)
    assert client.get(reverse("portal:start", args=["moving-house"])).status_code == 302
    draft = Draft.objects.get()
    assert draft.applicant == maria
    own = filled_draft(maria, clock)
    case = submit_case(draft=own, actor=ole, now=clock())
    assert (case.applicant, case.submitted_by) == (maria, ole)
    assert case.receipt["submittedBy"] == "Ole Lind"
    assert receipts.verify(case.receipt)
    first = case.events.get(seq=1)
    assert first.actor == f"representative:{ole.subject}"
    assert case.state["data"]["applicant"]["givenName"] == "Maria"
    shown = words(client.get(f"/my/cases/{case.reference}/"))
    assert "Applicant: Maria Lind" in shown
    assert "Filed by Ole Lind" in shown
    assert "Ole Lind sent the application in the applicant&#39;s name" in shown
    assert RecordEntry.objects.about(maria.identifier_index).filter(kind="read").count() == 1


def test_a98_without_a_mandate_nothing_of_somebody_opens(
    maria: User, ole: User, clock: Clock, agencies: Agencies
) -> None:
    draft = filled_draft(maria, clock)
    with pytest.raises(NotAllowed):
        start_draft(service="moving-house", actor=ole, applicant=maria, now=clock())
    with pytest.raises(NotAllowed):
        submit_case(draft=draft, actor=ole, now=clock())
    client = signed_in(ole)
    assert client.get(reverse("portal:draft", args=[draft.public_id])).status_code == 404


def test_a98_taken_back_it_ends_at_once(
    mandate: Mandate, maria: User, ole: User, clock: Clock, agencies: Agencies
) -> None:
    case = submitted(maria, clock)
    client = acting(ole, mandate)
    assert client.get(f"/my/cases/{case.reference}/").status_code == 200
    revoke(mandate=mandate, actor=maria, now=timezone.now())
    assert client.get(f"/my/cases/{case.reference}/").status_code == 404
    assert "<strong>Maria Lind</strong>" not in words(client.get("/my/"))
    assert client.post(f"{PAGE}{mandate.public_id}/act").status_code == 404


def test_a98_another_scope_is_said_and_refused(mandate: Mandate, ole: User) -> None:
    Mandate.objects.update(services=["housing-allowance"])
    client = acting(ole, mandate)
    refused = client.get(reverse("portal:start", args=["moving-house"]))
    assert refused.status_code == 403
    assert "Your mandate is not for this" in words(refused)
    assert not Draft.objects.exists()


def test_a98_nobody_acts_under_a_mandate_of_others(mandate: Mandate, maria: User) -> None:
    stranger = signed_in(citizen(CHILD, "Kim"))
    for verb in ("act", "end"):
        assert stranger.post(f"{PAGE}{mandate.public_id}/{verb}").status_code == 404
    assert signed_in(maria).post(f"{PAGE}{mandate.public_id}/act").status_code == 404


def test_a100_a_representative_changes_no_contact_data(
    mandate: Mandate, maria: User, ole: User, clock: Clock, agencies: Agencies
) -> None:
    draft = start_draft(service="moving-house", actor=ole, applicant=maria, now=clock())
    changed = {"hasEmail": "ole@example.org", "hasTelephone": ""}
    with pytest.raises(AnswersInvalid) as refused:
        save_page(draft=draft, page="contact", answers=changed, actor=ole, now=clock())
    assert refused.value.problems == {"hasEmail": "not-yours-to-change"}
    client = acting(ole, mandate)
    address = reverse("portal:page", args=[draft.public_id, "contact"])
    shown = words(client.get(address))
    assert shown.count('readonly="readonly"') == 2
    assert "Only the person themselves can change" in shown
    client.post(address, changed)
    draft.refresh_from_db()
    assert draft.answers["contact"]["hasEmail"] == "maria@example.org"


def test_a_clerk_files_with_the_code_of_the_person(maria: User) -> None:
    made = words(signed_in(maria).post(f"{PAGE}counter", {"service": "moving-house"}))
    code = made.split("<bdi>")[-1].split("</bdi>")[0]
    clerk = User.objects.create_user(given_name="Lars", family_name="Holm")
    StaffRole.objects.create(user=clerk, role="clerk", unit="vestvik")
    client = signed_in(clerk)
    wrong = client.post("/agency/counter/", {"number": MARIA, "code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    taken = client.post("/agency/counter/", {"number": MARIA, "code": code})
    assert taken.status_code == 302
    assert "<strong>Maria Lind</strong>" in words(client.get("/"))
    other = User.objects.create_user(given_name="No clerk")
    StaffRole.objects.create(user=other, role="caseworker", unit="npr")
    assert signed_in(other).get("/agency/counter/").status_code == 403


def test_a_service_that_is_none_gets_no_code(maria: User) -> None:
    assert signed_in(maria).post(f"{PAGE}counter", {"service": "no-such"}).status_code == 404


def test_my_cases_of_a_representative_are_those_of_the_mandate(
    mandate: Mandate, maria: User, ole: User, clock: Clock, agencies: Agencies
) -> None:
    case = submitted(maria, clock)
    client = acting(ole, mandate)
    assert case.reference in words(client.get("/my/"))
    Mandate.objects.update(services=["housing-allowance"])
    assert case.reference not in words(client.get("/my/"))
    assert Case.objects.count() == 1


def custody(*children: str) -> Any:
    """The register's answer: these children, born as their numbers say."""

    def answer(*_args: Any, **_more: Any) -> Any:
        born = [f"{number[:4]}-{number[4:6]}-{number[6:8]}" for number in children]
        told = [person(number, "Kim", day) for number, day in zip(children, born, strict=True)]
        return Accepted({"child": told, "asOf": "2027-03-01"})

    return answer


def test_a_parent_acts_for_a_child_that_the_register_names(
    maria: User, agencies: Agencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "workflows.services.custody.perform"
    monkeypatch.setattr(asked, custody(CHILD, "20000101T0009"))
    client = signed_in(maria)
    shown = words(client.post(f"{PAGE}children", follow=True))
    assert "Act for Kim Lind" in shown
    mandate = Mandate.objects.get()
    assert (mandate.origin, mandate.principal.identifier) == ("register", CHILD), "the other is of age"
    assert mandate.valid_until - mandate.valid_from == timedelta(days=1)
    assert RecordEntry.objects.about(mandate.principal.identifier_index).filter(kind="asked").exists()
    client.post(f"{PAGE}{mandate.public_id}/act")
    assert client.get(reverse("portal:start", args=["moving-house"])).status_code == 302
    assert Draft.objects.get().applicant == mandate.principal
    assert signed_in(mandate.principal).post(f"{PAGE}{mandate.public_id}/end").status_code == 404
    monkeypatch.setattr(asked, custody())
    assert "knows no child" in words(client.post(f"{PAGE}children", follow=True))
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None, "what the register no longer says has ended"


def test_a_silent_register_is_said_and_gives_nothing(maria: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_args: Any, **_more: Any) -> Any:
        raise Unavailable("npr", "connection refused")

    monkeypatch.setattr("workflows.services.custody.perform", silent)
    shown = words(signed_in(maria).post(f"{PAGE}children", follow=True))
    assert "The population register does not answer" in shown
    assert not Mandate.objects.exists()
