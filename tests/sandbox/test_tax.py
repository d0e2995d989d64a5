"""The tax office, spoken to over plain HTTP."""

import json
import time
import uuid
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey

from adapters.authentication.request_hmac import RequestHmac
from adapters.authentication.tokens import ASSERTION_TYPE
from adapters.sandbox import Sandbox
from tests.adapters.keys import key as drawn
from tests.adapters.keys import pem
from tests.sandbox.people import MARIA, ROBIN
from tests.sandbox.portal import Portal
from tests.sandbox.waiting import eventually

CHANGE = {
    **{"propertyId": "AU-20020001", "streetAddress": "Orchard Road 8", "zipCode": "52314"},
    **{"city": "Vestvik", "areaCode": "T02", "effectiveDate": "2026-12-01"},
}


class Client:
    """A client of the office with a token."""

    def __init__(self, sandbox: Sandbox, scope: str = "domicile.read domicile.write") -> None:
        self._url = sandbox.url("tax")
        self._headers: dict[str, str] = {}
        self.key = sandbox.credentials()["tax"]["assertion_key"]
        token = self.token(scope).json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def assertion(self, key: str = "", **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": "onestop", "sub": "onestop", "aud": f"{self._url}/oauth/token", "exp": now + 60}
        claims |= {"iat": now, "jti": str(uuid.uuid4()), **changed}
        return jwt.encode({"alg": "ES256"}, claims, ECKey.import_key(key or self.key))

    def token(self, scope: str, assertion: str = "", **more: str) -> requests.Response:
        form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION_TYPE}
        form |= {"client_assertion": assertion or self.assertion(), **more}
        return requests.post(f"{self._url}/oauth/token", data=form, timeout=5)

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self._url}{path}", headers=self._headers, timeout=5)

    def tag(self) -> str:
        return self.get(f"/taxpayers/{MARIA}/domicile").headers["ETag"]

    def patch(self, body: Any, number: str = MARIA, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self._url}/taxpayers/{number}/domicile"
        return requests.patch(address, json=body, headers={**self._headers, **named}, timeout=5)


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)


def _change(client: Client, key: str) -> requests.Response:
    return client.patch(CHANGE, If_Match=client.tag(), Idempotency_Key=key)


def test_a_change_is_booked_by_a_job(client: Client, key: str) -> None:
    before = client.tag()
    taken = _change(client, key)
    assert taken.status_code == 202
    assert taken.headers["Retry-After"] == "0"  # these agencies are quick
    assert taken.json()["state"] == "running"
    job = taken.headers["Location"]
    eventually(lambda: client.get(job).json()["state"] == "completed")
    domicile = client.get(f"/taxpayers/{MARIA}/domicile")
    assert domicile.json()["streetAddress"] == "Orchard Road 8"
    assert domicile.json()["since"] == "2026-12-01"
    assert domicile.headers["ETag"] != before


def test_a_repeated_key_gets_the_same_job(sandbox: Sandbox, client: Client, key: str) -> None:
    first = _change(client, key)
    eventually(lambda: client.get(first.headers["Location"]).json()["state"] == "completed")
    second = client.patch(CHANGE, If_Match='"outdated"', Idempotency_Key=key)
    assert second.status_code == 202
    assert second.headers["Location"] == first.headers["Location"]
    assert sandbox.ledger("tax")["by_key"][key] == {"received": 2, "effects": 1}


@pytest.mark.parametrize("twice", [False, True])
def test_the_end_of_a_job_is_told_and_signed(
    sandbox: Sandbox, client: Client, portal: Portal, key: str, twice: bool
) -> None:
    sandbox.switch("tax", duplicate_callback=twice)
    job = _change(client, key).headers["Location"].removeprefix("/jobs/")
    eventually(lambda: len(portal.notices) == 1 + twice)
    known = sandbox.credentials()["tax"]
    signing = RequestHmac(known["key_id"], known["hmac_secret"].encode())
    for notice in portal.notices:
        signing.insist("POST", "/api/v1/agencies/tax/notice", notice.headers, notice.body)  # type: ignore[arg-type]
        assert json.loads(notice.body)["reference"] == job
    assert len({json.loads(notice.body)["messageId"] for notice in portal.notices}) == 1


def test_a_change_is_refused_by_a_failed_job(sandbox: Sandbox, client: Client, key: str) -> None:
    sandbox.switch("tax", reject=True)
    job = _change(client, key).headers["Location"]
    eventually(lambda: client.get(job).json()["state"] == "failed")
    assert client.get(job).json()["failure"]["code"] == "F20"
    assert client.get(f"/taxpayers/{MARIA}/domicile").json()["streetAddress"] == "Harbour Street 12"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Idempotency_Key": "k"}, 428),
        ({"If_Match": '"1"', "Idempotency_Key": "k"}, 412),
        ({"If_Match": '"1"'}, 400),
    ],
)
def test_preconditions(client: Client, headers: dict[str, str], status: int) -> None:
    reply = client.patch(CHANGE, **headers)
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["status"] == status


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"zipCode": "5231"}, "/zipCode"),
        ({"areaCode": "T77"}, "/areaCode"),
        ({"effectiveDate": "2026-02-30"}, "/effectiveDate"),
        ({"city": ""}, "/city"),
        ({"streetAddress": "x" * 121}, "/streetAddress"),
        ({"streetAddress": 8}, "/streetAddress"),
        ({"surprise": "!"}, "/surprise"),
    ],
)
def test_each_fault_is_pointed_at(
    sandbox: Sandbox, client: Client, key: str, wrong: dict[str, Any], pointer: str
) -> None:
    reply = client.patch({**CHANGE, **wrong}, If_Match=client.tag(), Idempotency_Key=key)
    assert reply.status_code == 422
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]
    assert sandbox.ledger("tax")["effects"] == 0


def test_a_missing_member_is_pointed_at(client: Client, key: str) -> None:
    reply = client.patch({}, If_Match=client.tag(), Idempotency_Key=key)
    assert len(reply.json()["errors"]) == 5


@pytest.mark.parametrize("path", [f"/taxpayers/{ROBIN}/domicile", "/jobs/TJ99999999", "/elsewhere"])
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_tokens(sandbox: Sandbox, client: Client) -> None:
    assert client.token("everything").json()["error"] == "invalid_scope"
    assert requests.get(f"{sandbox.url('tax')}/jobs/TJ1", timeout=5).status_code == 401
    reader = Client(sandbox, scope="domicile.read")
    assert reader.patch(CHANGE, If_Match=reader.tag(), Idempotency_Key="k").status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "other"},
        {"sub": "other"},
        {"aud": "http://127.0.0.1:9/oauth/token"},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 3600},
        {"exp": None},
        {"jti": None},
    ],
)
def test_assertions_that_prove_nothing(client: Client, changed: dict[str, Any]) -> None:
    claims = {name: value for name, value in changed.items() if value is not None}
    assertion = client.assertion(**claims)
    if None in changed.values():
        known = ECKey.import_key(client.key)
        claims = {**jwt.decode(assertion, known).claims}
        claims.pop(*changed)
        assertion = jwt.encode({"alg": "ES256"}, claims, known)
    reply = client.token("domicile.read", assertion)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_an_assertion_counts_once_and_needs_the_key(sandbox: Sandbox, client: Client) -> None:
    assertion = client.assertion()
    assert client.token("domicile.read", assertion).status_code == 200
    assert client.token("domicile.read", assertion).status_code == 401
    assert client.token("domicile.read", client.assertion(pem(drawn("ec", "stranger")))).status_code == 401
    assert client.token("domicile.read", client_assertion_type="none").status_code == 401
