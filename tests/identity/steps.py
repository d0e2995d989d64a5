"""Steps that tests of the e-ID provider share: asking, choosing a person, redeeming the code."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from identity.models import EIDAccount
from tests.identity.conftest import CALLBACK, SECRET

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": "portal",
    "redirect_uri": CALLBACK,
    "scope": "openid profile eidas",
    "state": "af0ifjsldkj",
    "nonce": "n-0S6_WzA2Mj",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in ASKED.items() if name not in names}


def answer(response: Any) -> dict[str, str]:
    """The parameters the provider sent to the client's address."""
    assert response.status_code == 302, response.content[:300]
    assert response["Location"].startswith(CALLBACK), response["Location"]
    query = parse_qs(urlsplit(response["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def choose(client: Client, account: EIDAccount, level: str, target: str) -> Any:
    """Press a person's button on the sign-in page."""
    form = {"account": str(account.user.subject), "level": level, "next": target}
    return client.post("/login", form)


def pending(client: Client, **asked: str) -> str:
    """Return the request that the sign-in page would come back to."""
    return parse_qs(urlsplit(client.get("/authorize", ASKED | asked)["Location"]).query)["next"][0]


def sign_in(client: Client, account: EIDAccount, level: str = "substantial", **asked: str) -> dict[str, str]:
    """Go from the authorization request over the sign-in page back to the client; return its answer."""
    chosen = choose(client, account, level, pending(client, **asked))
    assert chosen.status_code == 302, chosen.content[:300]
    return answer(client.get(chosen["Location"]))


def redeem(client: Client, code: str, /, **changed: str | None) -> Any:
    form: Mapping[str, str | None] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": "portal",
        "client_secret": SECRET,
    } | changed
    return client.post("/token", {name: value for name, value in form.items() if value is not None})


def claims_of(client: Client, id_token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    return jwt.decode(id_token, keys, algorithms=["ES256", "RS256"]).claims
