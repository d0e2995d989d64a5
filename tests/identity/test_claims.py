"""The 22 forged ID tokens of the security cases A46 to A67: each is refused, for its own reason."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from identity import levels
from identity.signin import claims
from identity.signin.claims import Expected
from identity.signin.errors import TokenForged

KEY = ECKey.generate_key("P-256", private=True, auto_kid=True)
OTHER = ECKey.import_key(
    ECKey.generate_key("P-256", private=True).as_dict(private=True) | {"kid": KEY.kid}
)  # a stranger's key under the provider's key id
RSA = RSAKey.generate_key(2048, private=True, auto_kid=True)
KEYS = KeySet.import_key_set({"keys": [KEY.as_dict(private=False), RSA.as_dict(private=False)]})
NOW = 1_790_000_000
EXPECTED = Expected(
    issuer="https://eid.example",
    client_id="portal",
    nonce="n-0S6_WzA2Mj",
    access_token="jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
    level=levels.SUBSTANTIAL,
    now=NOW,
    algorithms=("ES256", "RS256"),
    max_age=300,
)
Claims = dict[str, Any]


def good() -> Claims:
    """The claims an honest provider would send."""
    return {
        "iss": EXPECTED.issuer,
        "sub": "24400320",
        "aud": EXPECTED.client_id,
        "exp": NOW + 300,
        "iat": NOW - 2,
        "auth_time": NOW - 5,
        "nonce": EXPECTED.nonce,
        "acr": levels.SUBSTANTIAL,
        "at_hash": claims.half_hash(EXPECTED.access_token, "ES256"),
    }


def signed(payload: Claims, key: Any = KEY, **header: Any) -> str:
    """Sign as the provider would, or as an attacker with another key or header."""
    head = {"alg": "ES256", "kid": KEY.kid} | header
    return jwt.encode(head, payload, key, algorithms=[head["alg"]])


def encoded(part: Claims) -> str:
    """Return a part of a JWS without any library that would object."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def without(*names: str) -> Claims:
    """The good claims with some left out."""
    return {name: value for name, value in good().items() if name not in names}


def hmac_with_public_key() -> str:
    """The classic confusion: the public key, which all the world has, taken for a shared secret."""
    said = f"{encoded({'alg': 'HS256', 'kid': KEY.kid})}.{encoded(good())}"
    seal = hmac.new(KEY.as_pem(private=False), said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


LOGOUT_EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}
FORGED: dict[str, tuple[str, Callable[[], str]]] = {
    "A46 wrong key": ("signature", lambda: signed(good(), OTHER)),
    "A47 no signature": ("signature", lambda: signed(good()).rsplit(".", 1)[0] + "."),
    "A48 alg none": ("signature", lambda: f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(good())}."),
    "A49 HS256 with the public key": ("signature", hmac_with_public_key),
    "A50 wrong issuer": ("iss", lambda: signed(good() | {"iss": "https://evil.example"})),
    "A51 no issuer": ("iss", lambda: signed(without("iss"))),
    "A52 wrong audience": ("aud", lambda: signed(good() | {"aud": "another"})),
    "A53 no audience": ("aud", lambda: signed(without("aud"))),
    "A54 several audiences without azp": ("azp", lambda: signed(good() | {"aud": ["portal", "another"]})),
    "A55 wrong azp": ("azp", lambda: signed(good() | {"azp": "another"})),
    "A56 expired": ("exp", lambda: signed(good() | {"exp": NOW - 61})),
    "A57 no exp": ("exp", lambda: signed(without("exp"))),
    "A58 issued in the future": ("iat", lambda: signed(good() | {"iat": NOW + 61})),
    "A59 issued long ago": ("iat", lambda: signed(good() | {"iat": NOW - 601, "exp": NOW + 9999})),
    "A60 wrong nonce": ("nonce", lambda: signed(good() | {"nonce": "another"})),
    "A61 no nonce": ("nonce", lambda: signed(without("nonce"))),
    "A62 wrong at_hash": ("at_hash", lambda: signed(good() | {"at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng"})),
    "A63 no subject": ("sub", lambda: signed(without("sub"))),
    "A64 acr below what was asked": ("acr", lambda: signed(good() | {"acr": levels.LOW})),
    "A65 auth_time older than max_age": ("auth_time", lambda: signed(good() | {"auth_time": NOW - 361})),
    "A66 typ of another token kind": ("typ", lambda: signed(good(), typ="at+jwt")),
    "A67 a logout token in its place": ("events", lambda: signed(good() | {"events": LOGOUT_EVENT})),
}
# What the list does not name, but an attacker may try as well.
FORGED_TOO: dict[str, tuple[str, Callable[[], str]]] = {
    "no at_hash": ("at_hash", lambda: signed(without("at_hash"))),
    "no iat": ("iat", lambda: signed(without("iat"))),
    "no acr": ("acr", lambda: signed(without("acr"))),
    "unknown acr": ("acr", lambda: signed(good() | {"acr": "urn:very:high"})),
    "no auth_time": ("auth_time", lambda: signed(without("auth_time"))),
    "exp as text": ("exp", lambda: signed(good() | {"exp": str(NOW + 300)})),
    "exp as truth": ("exp", lambda: signed(good() | {"exp": True})),
    "sub as number": ("sub", lambda: signed(good() | {"sub": 24400320})),
    "empty sub": ("sub", lambda: signed(good() | {"sub": ""})),
    "nonce as list": ("nonce", lambda: signed(good() | {"nonce": [EXPECTED.nonce]})),
    "audience as prefix": ("aud", lambda: signed(good() | {"aud": "portal-two"})),
    "logout token type": ("typ", lambda: signed(good(), typ="logout+jwt")),
    "changed after signing": (
        "signature",
        lambda: ".".join(
            (signed(good()).split(".")[0], encoded(good() | {"sub": "1"}), signed(good()).split(".")[2])
        ),
    ),
    "four parts": ("signature", lambda: signed(good()).replace(".", "..", 1)),
    "not a token": ("signature", lambda: "hello"),
    "empty": ("signature", lambda: ""),
    "not ASCII": ("signature", lambda: "ü.ü.ü"),
}


def test_there_are_twenty_two() -> None:
    assert len(FORGED) == 22


@pytest.mark.parametrize("name", [*FORGED, *FORGED_TOO])
def test_forged_token_is_refused(name: str) -> None:
    rule, forge = (FORGED | FORGED_TOO)[name]
    with pytest.raises(TokenForged) as refusal:
        claims.check(forge(), KEYS, EXPECTED)
    assert refusal.value.code == rule


@pytest.mark.parametrize(
    "payload",
    [
        good(),
        good() | {"aud": ["portal"]},
        good() | {"aud": ["portal", "another"], "azp": "portal"},
        good() | {"acr": levels.HIGH},
        good() | {"exp": NOW - 59},
    ],
    ids=["plain", "list of one audience", "azp names us", "higher level", "clocks a minute apart"],
)
def test_honest_token_is_believed(payload: Claims) -> None:
    assert claims.check(signed(payload), KEYS, EXPECTED)["sub"] == "24400320"


def test_rsa_signed_token_is_believed() -> None:
    token = jwt.encode({"alg": "RS256", "kid": RSA.kid}, good(), RSA, algorithms=["RS256"])
    assert claims.check(token, KEYS, EXPECTED)["sub"] == "24400320"


def test_algorithm_the_provider_does_not_use_is_refused() -> None:
    token = jwt.encode({"alg": "RS256", "kid": RSA.kid}, good(), RSA, algorithms=["RS256"])
    with pytest.raises(TokenForged) as refusal:
        claims.check(token, KEYS, replace(EXPECTED, algorithms=("ES256",)))
    assert refusal.value.code == "signature"


def test_auth_time_is_not_asked_for_without_max_age() -> None:
    token = signed(without("auth_time"))
    assert claims.check(token, KEYS, replace(EXPECTED, max_age=None))["sub"] == "24400320"


@pytest.mark.parametrize("text", ["", "a.b", "ü.ü.ü", "e30", "....", "bnVsbA.bnVsbA.AA"])
def test_key_id_of_garbage_is_refused(text: str) -> None:
    with pytest.raises(TokenForged):
        claims.key_id(text)
