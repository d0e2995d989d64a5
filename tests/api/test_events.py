"""The address where agencies tell what has happened: signed, in the contract, taken once (A112 to A116)."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from joserfc import jws
from joserfc.jwk import ECKey

from adapters import exchange, registry
from adapters.authentication import event_jws
from adapters.errors import Misconfigured
from adapters.models import Connection, Exchange
from adapters.ports import Context
from adapters.sandbox import run
from adapters.sandbox.hos import new_event
from workflows.models import Case, Inbox

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/agencies/hos/events"
KEY, OTHER = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))


@pytest.fixture(autouse=True)
def _connections(db: None) -> None:
    keys = json.dumps({"keys": [KEY.as_dict(private=False)]})
    registry.load_all({}, {"hos": {"event_jwks": keys}})


def birth(**changed: Any) -> bytes:
    return json.dumps({**new_event("birth"), **changed}).encode()


def post(client: Client, body: bytes, **changed: Any) -> Any:
    signature = changed.get("signature")
    if signature is None:
        signature = event_jws.sign(body, changed.get("key", KEY), time.time() + changed.get("later", 0))
    kind = changed.get("kind", "application/cloudevents+json")
    return client.post(changed.get("address", ADDRESS), body, kind, headers={"X-JWS-Signature": signature})


def test_a113_an_event_is_taken_once_and_shown_as_what_it_is(client: Client) -> None:
    body = birth()
    assert post(client, body).json() == {"outcome": "no-service"}
    assert post(client, body).json() == {"outcome": "duplicate"}
    kept = Inbox.objects.get()
    assert (kept.agency, kept.outcome) == ("hos", "no-service")
    assert kept.message["data"]["mother"] == "19850312T4240"
    rows = Exchange.objects.order_by("id")
    assert [(row.direction, row.state, row.detail) for row in rows] == [
        ("in", "accepted", "aurelia.hos.birth.v1: received; no service begins with it yet"),
        ("in", "accepted", "aurelia.hos.birth.v1: received before"),
    ]
    assert rows[0].received_bytes == body
    assert not Case.objects.exists()


def header(**changed: Any) -> dict[str, Any]:
    whole = {"alg": "ES256", "kid": KEY.kid, "b64": False, "crit": ["b64"], "iat": int(time.time())}
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def signed(body: bytes, **changed: Any) -> str:
    registry_ = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jws.serialize_compact(header(**changed), body, KEY, registry=registry_)


FORGED: dict[str, Callable[[bytes], str]] = {
    "A112 none": lambda body: "",
    "A112 another key": lambda body: event_jws.sign(body, OTHER, time.time()),
    "A112 garbage": lambda body: "a..b",
    "A112 umlauts": lambda body: "ä..ö",
    "A112 long": lambda body: "x" * 5000,
    "A112 not detached": lambda body: signed(body).replace("..", ".eyJ9."),
    "A112 alg none": lambda body: "eyJhbGciOiJub25lIiwiYjY0IjpmYWxzZSwiY3JpdCI6WyJiNjQiXX0..",
    "A114 another body": lambda body: event_jws.sign(body + b" ", KEY, time.time()),
    "A114 over the encoded body": lambda body: jws.detach_compact_content(signed(body, b64=None, crit=None)),
    "A115 old": lambda body: event_jws.sign(body, KEY, time.time() - 301),
    "A115 from the future": lambda body: event_jws.sign(body, KEY, time.time() + 302),
    "A115 no time": lambda body: signed(body, iat=None),
    "A115 time is text": lambda body: signed(body, iat="now"),
}


@pytest.mark.parametrize("name", FORGED)
def test_unproven_events_are_refused_and_not_kept(client: Client, name: str) -> None:
    body = birth()
    response = post(client, body, signature=FORGED[name](body))
    assert response.status_code == 401, response.content
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("agency", ["npr", "nobody", "eastholm"])
def test_a_connection_without_keys_for_events_takes_none(client: Client, agency: str) -> None:
    assert post(client, birth(), address=f"/api/v1/agencies/{agency}/events").status_code == 401


def test_a_connection_that_is_off_takes_none(client: Client) -> None:
    Connection.objects.update(enabled=False)
    assert post(client, birth()).status_code == 401


WRONG: dict[str, tuple[bytes, int]] = {
    "A116 no JSON": (b"{", 400),
    "A116 a name twice": (birth().replace(b'"id"', b'"id": "x", "id"', 1), 400),
    "A116 NaN": (birth(data={"x": 1}).replace(b": 1}", b": NaN}"), 400),
    "A116 a long number": (birth(data={"x": 1}).replace(b": 1}", b": 12345678901234567890}"), 400),
    "A116 deep": (b"[" * 5000 + b"]" * 5000, 400),
    "A116 large": (birth(subject="x" * 70_000), 413),
    "a list": (b"[]", 422),
    "another version": (birth(specversion="0.3"), 422),
    "another source": (birth(source="urn:aurelia:npr"), 422),
    "an unknown type": (birth(type="aurelia.hos.party.v1"), 422),
    "not a type but a part": (birth(type="PersonalNumber"), 422),
    "no id": (birth(id=""), 422),
    "a long id": (birth(id="x" * 201), 422),
    "NUL": (birth(id="a\x00"), 422),
    "time without a zone": (birth(time="2026-11-24T20:36:41"), 422),
    "data is text": (birth(data="x"), 422),
    "data not in the contract": (birth(data={"mother": "x"}), 422),
    "an impossible date": (birth(data={**new_event("birth")["data"], "dateOfBirth": "2026-02-30"}), 422),
}


@pytest.mark.parametrize("name", WRONG)
def test_events_that_do_not_fit_are_refused_with_the_reason(client: Client, name: str) -> None:
    body, status = WRONG[name]
    response = post(client, body)
    assert response.status_code == status, response.content
    assert response.json()["detail"]
    assert not Inbox.objects.exists()


def test_a_refused_event_is_shown_to_staff_with_the_field(client: Client) -> None:
    post(client, birth(data={**new_event("birth")["data"], "sex": "unknown"}))
    row = Exchange.objects.get()
    assert row.state == "not-understood"
    assert "data.sex" in row.detail


def test_another_media_type_is_refused(client: Client) -> None:
    assert post(client, birth(), kind="application/json").status_code == 415
    assert client.get(ADDRESS).status_code == 405


def test_nothing_can_be_sent_to_who_only_calls() -> None:
    with pytest.raises(Misconfigured, match="takes no messages"):
        exchange.perform("hos", "tell", {}, Context("c", "k"))


@pytest.mark.django_db(transaction=True)
def test_the_hospital_tells_the_portal(live_server: Any) -> None:
    with run(agencies=["hos"], portal_url=live_server.url) as sandbox:
        registry.load_all(sandbox.urls(), sandbox.credentials())
        sandbox.agencies["hos"].act("birth")
        deadline = time.monotonic() + 20
        while not sandbox.ledger("hos")["effects"]:
            assert time.monotonic() < deadline, "the hospital's event was not taken"
            time.sleep(0.02)
    assert Inbox.objects.get().message["type"] == "aurelia.hos.birth.v1"
    assert datetime.fromisoformat(Inbox.objects.get().message["time"]).utcoffset() == timedelta()
