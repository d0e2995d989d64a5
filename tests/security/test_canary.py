"""A personal number stays where it belongs: in no log, address, error page or text of an object (A145)."""

import logging

import pytest
from django.apps import apps
from django.test import Client

from tests.security import everything
from tests.security.test_every_address import EVERY
from tests.workflows.conftest import agencies, clock
from tests.workflows.world import Agencies, Clock
from workflows.models import Case
from workflows.seed import seed_definitions

__all__ = ["agencies", "clock"]
pytestmark = pytest.mark.django_db
HIDDEN = [everything.NUMBER, everything.NAMES["email"], everything.NAMES["telephone"], everything.SAID]


@pytest.fixture
def case(agencies: Agencies, clock: Clock, caplog: pytest.LogCaptureFixture) -> Case:
    caplog.set_level(logging.DEBUG)
    seed_definitions()
    return everything.fill(everything.canary(), clock)


def told(text: str) -> list[str]:
    return [one for one in HIDDEN if one in text]


def test_a145_an_application_and_every_address_leave_no_trace_of_it(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    assert told(caplog.text) == [], "while it was filled in, sent and worked on"
    client = everything.browser(case.applicant)
    refused = 0
    for _, pattern in EVERY:
        path = pattern.replace("MOV-0000-0000", case.reference)
        for wrong in (path, f"{path}?q={'x' * 20}"):
            response = client.get(wrong)
            assert told(response.headers.get("Location", "")) == [], wrong
            if response.status_code >= 400:
                refused += 1
                assert told(response.content.decode(errors="replace")) == [], wrong
        if not client.session.get("acr"):
            client = everything.browser(case.applicant)
    assert refused > 10
    assert told(caplog.text) == []


def test_a145_a_form_with_it_that_is_refused_is_not_written_down(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(case.applicant)
    for path in ("/my/mandates/new", "/my/data/erase", "/nowhere/"):
        response = client.post(path, {"number": everything.NUMBER, "agent": everything.NUMBER})
        assert response.status_code in {302, 403, 404}
        assert told(response.content.decode() + response.headers.get("Location", "")) == []
    assert told(caplog.text) == []


def test_a145_a_fault_of_the_program_shows_and_logs_none_of_it(
    case: Case, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("workflows.progress.lines", broken)
    client = everything.browser(case.applicant)
    client.raise_request_exception = False
    response = client.get(f"/my/cases/{case.reference}/")
    assert response.status_code == 500
    assert told(response.content.decode()) == []
    assert "RuntimeError: broken" in caplog.text, "the fault itself is not silent"
    assert told(caplog.text) == []


def test_a145_no_object_says_it_of_itself(case: Case) -> None:
    said = [f"{row!s} {row!r}" for model in apps.get_models() for row in model._base_manager.all()]
    assert len(said) > 30
    assert told("\n".join(said)) == []
