"""Clients that prove themselves by a signed assertion, and everything that only looks like one (A36, A37)."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from identity.models import Application, UsedAssertion
from identity.oauth import assertions
from onestop.lib.key_sets import public_keys
from tests.identity.test_agency_tokens import FORM, basic

pytestmark = pytest.mark.django_db
KEY = ECKey.generate_key("P-256", auto_kid=True)
OTHER = ECKey.generate_key("P-256", auto_kid=True)
RSA = RSAKey.generate_key(2048, auto_kid=True)


@pytest.fixture
def signer(settings: Any) -> Application:
    """An agency's system that has keys and no secret."""
    keys = {"keys": [KEY.as_dict(private=False), RSA.as_dict(private=False)]}
    return Application.objects.create(
        client_id="tax",
        agency="tax",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes="case.status",
        token_endpoint_auth_method="private_key_jwt",
        client_jwks=json.dumps(keys),
    )


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": "tax",
        "sub": "tax",
        "aud": "http://127.0.0.1:8000",
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 60,
    } | changed
    return {name: value for name, value in whole.items() if value is not None}


def signed(key: Any = KEY, alg: str = "ES256", **changed: Any) -> str:
    header = {"alg": alg, "kid": key.kid}
    return jwt.encode(header, claims(**changed), key, algorithms=["ES256", "RS256", "PS256", "HS256"])


def ask(client: Client, assertion: str, **more: str) -> Any:
    form = FORM | {"client_assertion_type": assertions.TYPE, "client_assertion": assertion} | more
    return client.post("/oauth/token", form)


@pytest.mark.parametrize(("key", "alg"), [(KEY, "ES256"), (RSA, "RS256"), (RSA, "PS256")])
def test_a_signed_assertion_gives_a_token(client: Client, signer: Application, key: Any, alg: str) -> None:
    response = ask(client, signed(key, alg))
    assert response.status_code == 200, response.content
    assert response.json()["scope"] == "case.status"


@pytest.mark.parametrize("aud", ["http://127.0.0.1:8000/oauth/token", ["x", "http://127.0.0.1:8000"]])
def test_the_endpoint_is_an_audience_too(client: Client, signer: Application, aud: Any) -> None:
    assert ask(client, signed(aud=aud)).status_code == 200


FORGED: dict[str, Callable[[], str]] = {
    "none": lambda: "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + ".",
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "HS256 with the public key": lambda: signed(
        OctKey.import_key(json.dumps(KEY.as_dict(private=False)), {"kid": KEY.kid}), "HS256"
    ),
    "another key": lambda: signed(OTHER),
    "wrong audience": lambda: signed(aud="https://evil.example"),
    "no audience": lambda: signed(aud=None),
    "audience is a number": lambda: signed(aud=7),
    "expired": lambda: signed(exp=int(time.time()) - 60),
    "no end": lambda: signed(exp=None),
    "end is text": lambda: signed(exp="soon"),
    "no number": lambda: signed(jti=None),
    "empty number": lambda: signed(jti=""),
    "long number": lambda: signed(jti="x" * 300),
    "lives for six minutes": lambda: signed(exp=int(time.time()) + 360),
    "ends in the year 9999999": lambda: signed(exp=10**20),
    "not yet valid": lambda: signed(nbf=int(time.time()) + 120),
    "sub is not iss": lambda: signed(iss="npr"),
    "no sub": lambda: signed(sub=None),
    "not a token": lambda: "a.b.c",
    "payload is a list": lambda: "e30.W10.x",
    "umlauts": lambda: "ä.ö.ü",
    "empty": lambda: "",
}


@pytest.mark.parametrize("name", FORGED)
def test_a36_forged_assertions_are_refused(client: Client, signer: Application, name: str) -> None:
    response = ask(client, FORGED[name]())
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client"), response.content


def test_a36_an_assertion_is_taken_once(client: Client, signer: Application) -> None:
    assertion = signed()
    assert ask(client, assertion).status_code == 200
    assert ask(client, assertion).status_code == 401
    assert UsedAssertion.objects.count() == 1


def test_a36_another_type_or_another_client_named_is_refused(client: Client, signer: Application) -> None:
    assert ask(client, signed(), client_assertion_type="urn:x").status_code == 401
    assert ask(client, signed(), client_id="npr").status_code == 401


def test_a37_a_secret_is_refused_for_a_client_with_keys(client: Client, signer: Application) -> None:
    secret = signer.renew_secret()
    signer.save()
    assert client.post("/oauth/token", FORM, headers=basic("tax", secret)).status_code == 401
    form = FORM | {"client_id": "tax", "client_secret": secret}
    assert client.post("/oauth/token", form).status_code == 401
    assert ask(client, signed(), client_id="tax", client_secret=secret).status_code == 401


def test_a_client_with_a_secret_cannot_bring_an_assertion(client: Client, signer: Application) -> None:
    Application.objects.update(token_endpoint_auth_method="client_secret_basic")
    assert ask(client, signed()).status_code == 401


def test_a_key_taken_away_opens_nothing(client: Client, signer: Application) -> None:
    Application.objects.update(client_jwks=json.dumps({"keys": [OTHER.as_dict(private=False)]}))
    assert ask(client, signed()).status_code == 401
    assert ask(client, signed(OTHER)).status_code == 200


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not a JSON Web Key Set"),
        ("[]", "not a JSON Web Key Set"),
        ('{"keys": []}', "at least one key"),
        (json.dumps({"keys": [KEY.as_dict(private=True)]}), "private"),
        (json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}), "shared secret"),
    ],
)
def test_a_key_set_that_cannot_be_used_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        public_keys(text)
