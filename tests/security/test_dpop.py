"""Tokens bound to a key under attack, over HTTP (A40, RFC 9449)."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from identity.models import Application, EIDAccount
from identity.oauth import nonces
from tests.identity.live import Caller, Person, proof_of
from tests.identity.steps import VERIFIER

pytestmark = pytest.mark.django_db(transaction=True)
KEY, THIEF = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")


def code(caller: Caller, maria: EIDAccount, **asked: str) -> str:
    return Person(caller.eid).sign_in(caller.asks(**asked), str(maria.user.subject))["code"]


@pytest.fixture
def bound(caller: Caller, maria: EIDAccount) -> dict[str, Any]:
    """Tokens bound to KEY, and the client that holds it."""
    caller.key = KEY
    tokens: dict[str, Any] = caller.redeem(code(caller, maria)).json()
    assert tokens["token_type"] == "DPoP", tokens
    return tokens


def opens(caller: Caller, token: str, key: ECKey = KEY, **changed: Any) -> Any:
    address = f"{caller.eid}/userinfo"
    return caller.userinfo(token, "DPoP", DPoP=proof_of(key, "GET", address, token, **changed))


def test_the_holder_of_the_key_gets_in(caller: Caller, bound: dict[str, Any]) -> None:
    assert opens(caller, bound["access_token"]).json()["given_name"] == "Maria"
    told = caller.post("/introspect", {"token": bound["access_token"]}).json()
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": KEY.thumbprint()})


def test_a40_a_bound_token_without_its_proof_opens_nothing(caller: Caller, bound: dict[str, Any]) -> None:
    token = bound["access_token"]
    for answer in (caller.userinfo(token), caller.userinfo(token, "DPoP")):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("DPoP ")
        assert "algs=" in answer.headers["WWW-Authenticate"]


FORGED: dict[str, Callable[[str, str], str]] = {
    "wrong key": lambda url, token: proof_of(THIEF, "GET", url, token),
    "wrong method": lambda url, token: proof_of(KEY, "POST", url, token),
    "wrong address": lambda url, token: proof_of(KEY, "GET", url.replace("userinfo", "token"), token),
    "another host": lambda url, token: proof_of(KEY, "GET", "https://evil.example/userinfo", token),
    "stale": lambda url, token: proof_of(KEY, "GET", url, token, iat=int(time.time()) - 120),
    "from the future": lambda url, token: proof_of(KEY, "GET", url, token, iat=int(time.time()) + 120),
    "iat is text": lambda url, token: proof_of(KEY, "GET", url, token, iat="now"),
    "no iat": lambda url, token: proof_of(KEY, "GET", url, token, iat=None),
    "no jti": lambda url, token: proof_of(KEY, "GET", url, token, jti=None),
    "long jti": lambda url, token: proof_of(KEY, "GET", url, token, jti="x" * 300),
    "jti with NUL": lambda url, token: proof_of(KEY, "GET", url, token, jti="a\x00b"),
    "no ath": lambda url, token: proof_of(KEY, "GET", url),
    "ath of another token": lambda url, token: proof_of(KEY, "GET", url, "another"),
    "htu is a number": lambda url, token: proof_of(KEY, "GET", url, token, htu=7),
    "htu with a bad port": lambda url, token: proof_of(KEY, "GET", url, token, htu="http://x:99999999/"),
    "typ is JWT": lambda url, token: proof_of(KEY, "GET", url, token, header={"typ": "JWT"}),
    "jwk of the victim": lambda url, token: proof_of(
        THIEF, "GET", url, token, header={"jwk": KEY.as_dict(private=False)}
    ),
    "private jwk": lambda url, token: proof_of(
        KEY, "GET", url, token, header={"jwk": KEY.as_dict(private=True)}
    ),
    "jwk is text": lambda url, token: _headed({"typ": "dpop+jwt", "alg": "ES256", "jwk": "x"}),
    "shared secret": lambda url, token: _symmetric(url),
    "no jwk": lambda url, token: _headed({"typ": "dpop+jwt", "alg": "ES256"}),
    "none": lambda url, token: "eyJhbGciOiJub25lIn0." + proof_of(KEY, "GET", url, token).split(".")[1] + ".",
    "two proofs": lambda url, token: ", ".join(proof_of(KEY, "GET", url, token) for _ in range(2)),
    "not a token": lambda url, token: "a.b.c",
    "empty": lambda url, token: "",
    "huge": lambda url, token: "x" * 5000,
}


def _headed(header: dict[str, Any]) -> str:
    _, claims, signature = proof_of(KEY, "GET", "http://127.0.0.1/").split(".")
    return (
        f"{base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{claims}.{signature}"
    )


def _symmetric(url: str) -> str:
    secret = OctKey.generate_key(256)
    header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": secret.as_dict(private=True)}
    claims = {"jti": "1", "htm": "GET", "htu": url, "iat": int(time.time())}
    return jwt.encode(header, claims, secret, algorithms=["HS256"])


def test_a40_forged_proofs_open_nothing(caller: Caller, bound: dict[str, Any]) -> None:
    token = bound["access_token"]
    for name, forge in FORGED.items():
        answer = caller.userinfo(token, "DPoP", DPoP=forge(f"{caller.eid}/userinfo", token))
        assert answer.status_code == 401, (name, answer.text)
        assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"], name
    assert opens(caller, token).status_code == 200


def test_a40_a_proof_is_taken_once(caller: Caller, bound: dict[str, Any]) -> None:
    token = bound["access_token"]
    proof = proof_of(KEY, "GET", f"{caller.eid}/userinfo", token)
    assert caller.userinfo(token, "DPoP", DPoP=proof).status_code == 200
    assert caller.userinfo(token, "DPoP", DPoP=proof).status_code == 401


def test_a40_a_bearer_token_does_not_become_a_bound_one(caller: Caller, maria: EIDAccount) -> None:
    token = caller.redeem(code(caller, maria)).json()["access_token"]
    assert opens(caller, token).status_code == 401
    assert caller.userinfo(token).status_code == 200


def test_a40_the_token_endpoint_refuses_forged_proofs(caller: Caller, maria: EIDAccount) -> None:
    issued = code(caller, maria)
    for name in ("stale", "wrong address", "not a token", "shared secret", "empty"):
        answer = caller.redeem(issued, DPoP=FORGED[name](f"{caller.eid}/userinfo", ""))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), name
    assert caller.redeem(issued).status_code == 200, "the code was not spent on it"


def test_a40_a_client_that_must_bind_gets_no_bearer_token(caller: Caller, maria: EIDAccount) -> None:
    Application.objects.update(dpop_bound_access_tokens=True)
    issued = code(caller, maria)
    assert caller.redeem(issued).json()["error"] == "invalid_dpop_proof"
    caller.key = KEY
    assert caller.redeem(issued).json()["token_type"] == "DPoP"


def test_a40_a_code_bound_to_a_key_is_redeemed_by_it_alone(caller: Caller, maria: EIDAccount) -> None:
    issued = code(caller, maria, dpop_jkt=KEY.thumbprint())
    assert caller.redeem(issued).json()["error"] == "invalid_grant"
    caller.key = THIEF
    assert caller.redeem(issued).json()["error"] == "invalid_grant"
    caller.key = KEY
    assert caller.redeem(issued).status_code == 200


def test_a40_a_proof_at_the_pushing_binds_the_code(caller: Caller, maria: EIDAccount) -> None:
    caller.key = KEY
    uri = caller.push().json()["request_uri"]
    assert caller.push(dpop_jkt=THIEF.thumbprint()).json()["error"] == "invalid_dpop_proof"
    got = Person(caller.eid).sign_in(caller.pushed(uri), str(maria.user.subject))
    caller.key = THIEF
    assert caller.redeem(got["code"]).json()["error"] == "invalid_grant"


def test_a40_a_refresh_stays_bound(caller: Caller, bound: dict[str, Any]) -> None:
    unbound = Caller(caller.eid)
    assert unbound.refresh(bound["refresh_token"]).json()["error"] == "invalid_grant"
    again = caller.refresh(bound["refresh_token"]).json()
    assert again["token_type"] == "DPoP"
    assert opens(caller, again["access_token"]).status_code == 200


def test_a40_an_app_s_refresh_token_is_worth_nothing_to_a_thief(
    caller: Caller, public: Application, maria: EIDAccount
) -> None:
    app = Caller(caller.eid, "app", secret=None, key=KEY)
    tokens = app.redeem(code(app, maria, scope="openid profile")).json()
    thief = Caller(caller.eid, "app", secret=None, key=THIEF)
    assert thief.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_a6_a_proof_is_no_verifier(caller: Caller, maria: EIDAccount) -> None:
    caller.key = KEY
    form = {"grant_type": "authorization_code", "code": code(caller, maria)}
    form |= {"redirect_uri": "https://portal.example/sign-in/callback", "code_verifier": VERIFIER[::-1]}
    assert caller.post("/token", form).json()["error"] == "invalid_grant"


def test_a40_a_proof_made_in_advance_is_sent_back_for_a_nonce(caller: Caller, maria: EIDAccount) -> None:
    """RFC 9449 section 8: a refusal says which nonce, costs neither code nor failures, and then it works."""
    issued, address = code(caller, maria), f"{caller.eid}/token"
    made_elsewhere = [proof_of(KEY, "POST", address, nonce=one) for one in (None, "x", 7, "69.abc")]
    for proof in made_elsewhere:
        told = caller.redeem(issued, DPoP=proof)
        assert (told.status_code, told.json()["error"]) == (400, "use_dpop_nonce"), told.text
    proof = proof_of(KEY, "POST", address, nonce=told.headers["DPoP-Nonce"])
    done = caller.redeem(issued, DPoP=proof)
    assert (done.status_code, done.headers["DPoP-Nonce"]) == (200, told.headers["DPoP-Nonce"])


def test_a40_a_resource_wants_a_nonce_too(caller: Caller, bound: dict[str, Any]) -> None:
    refused = opens(caller, bound["access_token"], nonce=None)
    assert refused.status_code == 401
    assert 'error="use_dpop_nonce"' in refused.headers["WWW-Authenticate"]
    assert opens(caller, bound["access_token"], nonce=refused.headers["DPoP-Nonce"]).status_code == 200
    pushed = caller.post("/par", {}, DPoP=proof_of(KEY, "POST", f"{caller.eid}/par", nonce=None))
    assert pushed.json()["error"] == "use_dpop_nonce"


def test_a40_a_nonce_is_good_until_the_next_but_one() -> None:
    now = timezone.now()
    nonce, turn = nonces.current(now), timedelta(seconds=nonces.SECONDS)
    assert nonces.is_good(nonce, now + turn)
    assert not nonces.is_good(nonce, now + 2 * turn)
    assert not nonces.is_good(nonce, now - turn), "nor before its time"


def test_a40_nonces_of_the_other_role_are_none(settings: Any) -> None:
    now = timezone.now()
    nonce = nonces.current(now)
    settings.SECRET_KEY = "another-secret-of-another-role-entirely"
    assert not nonces.is_good(nonce, now)
