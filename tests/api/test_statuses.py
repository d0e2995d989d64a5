"""The address where agencies tell their decisions: tokens, shapes, repetitions, and what is logged."""

import json
from typing import Any

import pytest
from django.test import Client

from adapters.models import Exchange
from identity.models import Application, User
from tests.workflows.world import Agencies, Clock, run_due, submitted
from workflows.models import Case, Inbox

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/agencies/npr/status"
MESSAGE = {
    "messageId": "m-1",
    "reference": "NPR-1",
    "status": "registered",
    "reason": "",
    "reasonCode": "",
    "decidedAt": "2027-03-02T10:00:00Z",
}


@pytest.fixture
def token(db: None, client: Client) -> str:
    application = Application(client_id="npr", name="NPR", agency="npr", allowed_scopes="case.status")
    application.client_type = Application.CLIENT_CONFIDENTIAL
    application.authorization_grant_type = Application.GRANT_CLIENT_CREDENTIALS
    secret = application.renew_secret()
    application.save()
    form = {"grant_type": "client_credentials", "scope": "case.status"}
    form |= {"client_id": "npr", "client_secret": secret}
    return str(client.post("/oauth/token", form).json()["access_token"])


def post(client: Client, token: str, message: Any, address: str = ADDRESS) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(address, json.dumps(message), "application/json", headers=headers)


def test_a_decision_reaches_its_case_and_is_logged(
    client: Client, token: str, agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    run_due(clock)
    answer = post(client, token, MESSAGE)
    assert (answer.status_code, answer.json()) == (202, {"outcome": "recorded"})
    assert post(client, token, MESSAGE).json() == {"outcome": "duplicate"}
    logged = Exchange.objects.filter(direction="in", case_reference=case.reference)
    assert [row.detail for row in logged.order_by("id")] == ["recorded", "duplicate"]
    first = logged.order_by("id").first()
    assert first is not None
    assert json.loads(first.received_bytes) == MESSAGE
    assert first.correlation_id == str(case.correlation_id)
    clock.move(days=3000)  # jobs of the API are due at the wall clock's time
    run_due(clock)
    assert Case.objects.get().state["data"]["npr"]["status"] == "registered"


def test_a96_a_decision_on_something_unknown_is_kept(client: Client, token: str) -> None:
    assert post(client, token, MESSAGE).json() == {"outcome": "unknown-reference"}
    assert Inbox.objects.get().message["status"] == "registered"


@pytest.mark.parametrize(
    "change",
    [
        {"messageId": "with\0nul"},
        {"messageId": ""},
        {"reference": "x" * 201},
        {"reason": "\0"},
        {"decidedAt": "yesterday"},
        {"status": 7},
    ],
)
def test_what_does_not_fit_is_refused_and_not_kept(
    client: Client, token: str, change: dict[str, Any]
) -> None:
    assert post(client, token, {**MESSAGE, **change}).status_code == 422
    assert not Inbox.objects.exists()


def test_no_token_no_entry(client: Client, db: None) -> None:
    answer = client.post(ADDRESS, json.dumps(MESSAGE), "application/json")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert post(client, "made-up", MESSAGE).status_code == 401


def test_a95_an_agency_speaks_only_for_itself(client: Client, token: str) -> None:
    assert post(client, token, MESSAGE, "/api/v1/agencies/tax/status").status_code == 403
    assert not Inbox.objects.exists()


def test_the_description_names_the_address(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/agencies/{agency}/status" in document["paths"]
