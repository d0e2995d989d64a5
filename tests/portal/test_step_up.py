"""A case whose service needs the level high: shown to no weaker session, on any of its addresses (A101)."""

import time

import pytest
from django.test import Client

from identity import levels
from identity.models import User
from tests.portal.follow.conftest import agencies, clock, evening, maria
from tests.portal.follow.world import signed_in
from tests.workflows.world import Agencies, Clock, filled_draft, submitted
from workflows.models import Case, Draft, ServiceVersion

__all__ = ["agencies", "clock", "evening", "maria"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(agencies: Agencies, clock: Clock, maria: User) -> Case:
    """Maria's case of a service that needs the level high."""
    sent = submitted(maria, clock)
    for version in ServiceVersion.objects.all():
        version.document["level"] = levels.HIGH
        version.save()
    return sent


def stronger(maria: User) -> Client:
    """Maria's browser after stepping up."""
    client = signed_in(maria)
    session = client.session
    session["acr"], session["acr_at"] = levels.HIGH, time.time()
    session.save()
    return client


@pytest.mark.parametrize("end", ["", "submitted/", "receipt/", "withdraw/"])
def test_a101_every_page_of_the_case_asks_for_the_level(case: Case, maria: User, end: str) -> None:
    path = f"/my/cases/{case.reference}/{end}"
    sent = signed_in(maria).get(path)
    assert sent.status_code == 302
    assert sent["Location"].startswith("/sign-in?next=%2Fmy%2Fcases%2F")
    assert "level=high" in sent["Location"]
    assert stronger(maria).get(path).status_code == 200


def test_a101_its_fragments_leave_the_whole_page(case: Case, maria: User) -> None:
    path = f"/my/cases/{case.reference}/"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
    told = signed_in(maria).get(path, headers=headers)
    assert (told.status_code, told.content) == (204, b"")
    assert told["HX-Redirect"].startswith("/sign-in?next=%2Fmy%2Fcases%2F")


def test_a101_programs_are_challenged(case: Case, maria: User) -> None:
    told = signed_in(maria).get(f"/my/cases/{case.reference}/", headers={"Accept": "application/json"})
    assert told.status_code == 401
    assert levels.HIGH in told["WWW-Authenticate"]
    assert case.reference not in told.content.decode()


def test_a101_a_stranger_learns_nothing_of_the_level(case: Case) -> None:
    stranger = User.objects.create_user()
    assert signed_in(stranger).get(f"/my/cases/{case.reference}/").status_code == 404


def test_a101_drafts_ask_for_the_level_too(case: Case, maria: User, clock: Clock) -> None:
    draft: Draft = filled_draft(maria, clock)
    for path in (f"/apply/{draft.public_id}/", f"/apply/{draft.public_id}/check/"):
        assert "level=high" in signed_in(maria).get(path)["Location"]
        assert stronger(maria).get(path).status_code == 200
    assert "level=high" in signed_in(maria).get("/services/moving-house/start/")["Location"]
