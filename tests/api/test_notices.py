"""The address where agencies say that there is news: signatures, and the question brought forward."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from adapters import registry
from adapters.authentication.request_hmac import RequestHmac
from adapters.models import Exchange
from identity.models import User
from tests.workflows.world import Agencies, Clock, run_due, submitted
from workflows.models import CaseReference, Job

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/agencies/tax/notice"
SECRET = "a secret that is long enough"


@pytest.fixture(autouse=True)
def _connections(db: None) -> None:
    registry.load_all({}, {"tax": {"key_id": "onestop", "hmac_secret": SECRET}})


def post(client: Client, message: Any, *, address: str = ADDRESS, later: float = 0, **changed: str) -> Any:
    body = json.dumps(message).encode()
    signing = RequestHmac(
        "onestop", changed.pop("secret", SECRET).encode(), clock=lambda: time.time() + later
    )
    headers = signing.headers(
        "POST", f"http://testserver{ADDRESS}", {}, changed.pop("body", "").encode() or body
    )
    return client.post(address, body, "application/json", headers={**headers, **changed})


def notice(reference: str, message_id: str = "m-1") -> dict[str, str]:
    return {"messageId": message_id, "reference": reference}


def test_a113_news_bring_the_question_forward(
    client: Client, agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    run_due(clock)
    planned = Job.objects.filter(case=case, kind=Job.Kind.CHECK, state=Job.State.SCHEDULED).first()
    if planned is None:  # the agencies' questions begin once the register has decided
        planned = _waiting_for_tax(case, clock)
    CaseReference.objects.update_or_create(
        connection="tax", reference="TJ1", defaults={"case": case, "token": planned.token}
    )
    reply = post(client, notice("TJ1"))
    assert (reply.status_code, reply.json()) == (202, {"outcome": "asking"})
    planned.refresh_from_db()
    assert planned.state == Job.State.READY
    assert post(client, notice("TJ1")).json() == {"outcome": "nothing-to-ask"}
    rows = Exchange.objects.filter(direction="in", connection="tax").order_by("id")
    assert [(row.operation, row.detail, row.case_reference) for row in rows] == [
        ("notice", "asking", case.reference),
        ("notice", "nothing-to-ask", case.reference),
    ]


def _waiting_for_tax(case: Any, clock: Clock) -> Job:
    return Job.objects.create(
        **{"case": case, "kind": Job.Kind.CHECK, "token": "tax", "lane": "tax", "state": Job.State.SCHEDULED},
        **{"payload": {}, "dedupe": "tax:check", "run_at": clock.now, "created_at": clock.now},
    )


def test_news_of_nothing_known_are_harmless(client: Client) -> None:
    assert post(client, notice("TJ404")).json() == {"outcome": "nothing-to-ask"}


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another secret, just as long"},
        {"X-Signature": ""},
        {"X-Key-Id": "other"},
        {"body": "another body"},
        {"later": -400.0},
        {"later": 400.0},
        {"address": "/api/v1/agencies/npr/notice"},
        {"address": "/api/v1/agencies/nobody/notice"},
        {"address": f"{ADDRESS}?x=1"},
    ],
)
def test_a112_a114_a115_what_the_agency_did_not_sign_is_refused(client: Client, changed: Any) -> None:
    reply = post(client, notice("TJ1"), **changed)
    assert reply.status_code == 401
    assert Exchange.objects.count() == 0


@pytest.mark.parametrize("message", [{"messageId": "m"}, {"messageId": "a b", "reference": "r"}, [], "x"])
def test_what_is_no_notice_is_refused(client: Client, message: Any) -> None:
    assert post(client, message).status_code == 422
