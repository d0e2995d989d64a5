"""Consent as citizens meet it: an empty box, a list of what was said yes to, and taking it back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from adapters.models import Connection
from adapters.ports import Accepted
from identity.models import User
from tests.portal.follow.world import signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import OLE, Agencies, Clock, citizen, filled_draft, pass_time, run_due
from workflows.models import Case, Consent, Draft
from workflows.services.statuses import receive_status

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
BOX = 'name="consent" type="checkbox" value="tell-welcome"'


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def draft(maria: User, clock: Clock, agencies: Agencies) -> Draft:
    Connection.objects.create(key="wel", name="Newcomers' Welcome Service", kind="workbench")
    agencies.answers["wel.open_case"] = lambda _v, _c: Accepted({}, "WEL-1")
    return filled_draft(maria, clock)


def sent(client: Client, draft: Draft, **form: Any) -> Case:
    assert client.post(reverse("portal:check", args=[draft.public_id]), form).status_code == 302
    return Case.objects.get()


def test_the_box_is_empty_and_those_by_law_are_no_choice(maria: User, draft: Draft) -> None:
    shown = words(signed_in(maria).get(reverse("portal:check", args=[draft.public_id])))
    assert shown.count('type="checkbox"') == 1
    box = shown[shown.index(BOX) : shown.index(">", shown.index(BOX))]
    assert "checked" not in box
    assert (
        "A law says that they are told, so there is nothing to choose: Population Registration Act" in shown
    )
    assert "Not your personal number" in shown
    client = signed_in(maria)
    case = sent(client, draft)
    assert not case.consents.exists()
    assert "because you consented" not in words(client.get(f"/my/cases/{case.reference}/"))


def test_a_ticked_box_is_kept_shown_and_taken_back(maria: User, draft: Draft, clock: Clock) -> None:
    client = signed_in(maria)
    case = sent(client, draft, consent="tell-welcome")
    given = Consent.objects.get()
    assert (given.case, given.given_by) == (case, maria)
    assert "because you consented" in words(client.get(f"/my/cases/{case.reference}/"))
    for address in ("/my/data/consents", f"/my/cases/{case.reference}/consents/"):
        assert "Withdraw consent" in words(client.get(address))
    assert "1 consent<" in words(client.get("/my/data/"))
    done = words(client.post(f"/my/consents/{given.public_id}/withdraw", follow=True))
    assert "Withdrawn: we do not tell" in done
    assert "Withdraw consent" not in done
    shown = words(client.get(f"/my/cases/{case.reference}/"))
    assert "You withdrew your consent, so we do not tell them." in shown
    assert "Newcomers&#39; Welcome Service was told nothing" in shown


def test_what_was_sent_cannot_be_withdrawn_and_that_is_said(maria: User, draft: Draft, clock: Clock) -> None:
    client = signed_in(maria)
    case = sent(client, draft, consent="tell-welcome")
    run_due(clock)
    said = {"agency": "npr", "message_id": "m", "reference": "NPR-1", "status": "registered", "reason": ""}
    receive_status(**said, reason_code="", decided_at=clock().isoformat(), now=clock())
    pass_time(clock, days=1)
    shown = words(client.get(f"/my/cases/{case.reference}/consents/"))
    assert "Withdraw consent" not in shown
    assert "ask them to delete it" in shown
    late = client.post(f"/my/consents/{Consent.objects.get().public_id}/withdraw", follow=True)
    assert "It was sent before you withdrew it" in words(late)


def test_a_stranger_sees_and_withdraws_nothing(maria: User, draft: Draft) -> None:
    case = sent(signed_in(maria), draft, consent="tell-welcome")
    stranger = signed_in(citizen(OLE, "Ole"))
    assert stranger.get(f"/my/cases/{case.reference}/consents/").status_code == 404
    assert "WEL" not in words(stranger.get("/my/data/consents"))
    given = Consent.objects.get()
    assert stranger.post(f"/my/consents/{given.public_id}/withdraw").status_code == 404
    given.refresh_from_db()
    assert given.withdrawn_at is None


def test_a_box_that_is_none_is_refused(maria: User, draft: Draft) -> None:
    address = reverse("portal:check", args=[draft.public_id])
    assert signed_in(maria).post(address, {"consent": "tell-tax"}).status_code == 400
    assert Draft.objects.exists()
