"""Each way of proving ourselves, against a real server that looks at what came."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from adapters.authentication.build import Authentication
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.connection_spec import FOLDER, ConnectionSpec
from adapters.egress import Door
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.simulator.server import Listener, Request, Response
from tests.adapters.keys import key, pem

SECRET = "a secret that is long enough"
CREDENTIALS = {
    **{"username": "one stop", "password": "Sésam, öffne dich", "token": "abc", "api_key": "k-1"},
    **{"client_id": "one:stop", "client_secret": "s&cret", "key_id": "key-1", "hmac_secret": SECRET},
}


class Agency:
    """Answers 200, keeps what came; gives tokens at /token, and refuses those it was told to."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.dead: set[str] = set()
        self.token_answer: Any = None
        self.given = 0

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        if request.path == "/token":
            self.given += 1
            answer = self.token_answer or {"access_token": f"t{self.given}", "expires_in": 3600}
            return Response(200, json.dumps(answer).encode(), "application/json")
        refused = request.header("Authorization").removeprefix("Bearer ") in self.dead
        return Response(401 if refused else 200, b"{}", "application/json")

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.seen if request.path == path]


@pytest.fixture
def agency() -> Iterator[tuple[Agency, str]]:
    found = Agency()
    listener = Listener("agency", found.answer)
    listener.open()
    yield found, f"http://127.0.0.1:{listener.port}"
    listener.close()


def proved(url: str, table: Any, **credentials: str) -> Authentication:
    settings = {"authentication": table, "allow_private": True}
    spec = ConnectionSpec("x", "X", "rest", url, settings, {**CREDENTIALS, **credentials}, FOLDER)
    return Authentication.of(spec, Door.of(spec))


def send(authentication: Authentication, body: bytes = b'{"a": 1}') -> int:
    headers = {"Content-Type": "application/json"}
    return authentication.send("POST", "/things?x=1", body=body, headers=headers).status


def oauth(**more: Any) -> dict[str, Any]:
    return {"method": "oauth2", "token_path": "/token", "scope": "a b", **more}


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        (
            "basic",
            "Authorization",
            "Basic " + base64.b64encode("one stop:Sésam, öffne dich".encode()).decode(),
        ),
        ({"method": "bearer"}, "Authorization", "Bearer abc"),
        ({"method": "api-key"}, "X-API-Key", "k-1"),
        ({"method": "api-key", "header": "Ocp-Apim-Subscription-Key"}, "Ocp-Apim-Subscription-Key", "k-1"),
        ("none", "Authorization", ""),
    ],
)
def test_fixed_headers(agency: tuple[Agency, str], table: Any, name: str, value: str) -> None:
    found, url = agency
    assert send(proved(url, table)) == 200
    assert found.seen[0].header(name) == value


def test_a_request_is_signed_with_a_shared_secret(agency: tuple[Agency, str]) -> None:
    found, url = agency
    send(proved(url, "hmac"))
    seen = found.seen[0]
    known = RequestHmac("key-1", SECRET.encode())
    known.insist("POST", "/things?x=1", seen.headers, seen.body)  # type: ignore[arg-type]
    text = f"{seen.header('X-Timestamp')}\nPOST\n/things?x=1\n{hashlib.sha256(seen.body).hexdigest()}"
    assert seen.header("X-Signature") == hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "PUT"}, "changed"),
        ({"target": "/things?x=2"}, "changed"),
        ({"body": b'{"a": 2}'}, "changed"),
        ({"X-Signature": ""}, "changed"),
        ({"X-Signature": "é"}, "changed"),
        ({"X-Key-Id": "key-2"}, "another key"),
        ({"X-Timestamp": ""}, "when"),
        ({"X-Timestamp": "٣"}, "when"),
        ({"later": 301}, "not of now"),
        ({"later": -301}, "not of now"),
    ],
)
def test_a112_a114_a115_requests_of_others_or_of_another_time_are_refused(
    change: dict[str, Any], words: str
) -> None:
    now = time.time()
    signing = RequestHmac("key-1", SECRET.encode(), clock=lambda: now)
    sent = {"method": "POST", "target": "/things?x=1", "body": b'{"a": 1}'}
    headers = signing.headers("POST", "http://x/things?x=1", {}, sent["body"])  # type: ignore[arg-type]
    reading = RequestHmac("key-1", SECRET.encode(), clock=lambda: now + change.get("later", 0))
    given = {**sent, **{name: value for name, value in change.items() if name in sent}}
    headers |= {name: value for name, value in change.items() if name.startswith("X-")}
    with pytest.raises(HmacRefused, match=words):
        reading.insist(given["method"], given["target"], headers, given["body"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("hmac-sha256", ""), ("ecdsa-p256-sha256", "ec"), ("rsa-v1_5-sha256", "rsa")],
)
def test_message_signatures_verify_by_the_standard(
    agency: tuple[Agency, str], algorithm: str, kind: str
) -> None:
    found, url = agency
    private = pem(key(kind)) if kind else ""
    send(proved(url, {"method": "http-signature", "algorithm": algorithm}, signing_key=private or "x"))
    seen = found.seen[0]
    parameters = seen.header("Signature-Input").removeprefix("onestop=")
    digest = base64.b64encode(hashlib.sha256(seen.body).digest()).decode()
    assert seen.header("Content-Digest") == f"sha-256=:{digest}:"
    base = (
        f'"@method": POST\n"@target-uri": {url}/things?x=1\n"content-type": application/json\n'
        f'"content-digest": sha-256=:{digest}:\n"@signature-params": {parameters}'
    ).encode()
    value = base64.b64decode(re.fullmatch(r"onestop=:(.*):", seen.header("Signature"))[1])  # type: ignore[index]
    if kind == "ec":
        r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        key("ec").public_key().verify(encode_dss_signature(r, s), base, ec.ECDSA(SHA256()))
    elif kind == "rsa":
        key("rsa").public_key().verify(value, base, padding.PKCS1v15(), SHA256())
    else:
        assert value == hmac.new(SECRET.encode(), base, "sha256").digest()
    assert 'alg="' + algorithm in parameters
    assert abs(int(re.search(r"created=(\d+)", parameters)[1]) - time.time()) < 60  # type: ignore[index]


def test_a_token_is_kept_and_renewed_once_when_refused(agency: tuple[Agency, str]) -> None:
    found, url = agency
    authentication = proved(url, oauth())
    assert [send(authentication), send(authentication)] == [200, 200]
    assert found.given == 1
    found.dead.add("t1")
    assert send(authentication) == 200
    assert found.given == 2
    found.dead |= {"t2", "t3"}
    assert send(authentication) == 401  # the new one is refused too: no more tries
    assert found.given == 3
    form = parse_qs(found.asked("/token")[0].body.decode())
    assert form == {"grant_type": ["client_credentials"], "scope": ["a b"]}
    basic = base64.b64decode(found.asked("/token")[0].header("Authorization").removeprefix("Basic "))
    assert basic == b"one%3Astop:s%26cret"


@pytest.mark.parametrize(("algorithm", "kind"), [("ES256", "ec"), ("RS256", "rsa"), ("PS256", "rsa")])
def test_a_client_proves_itself_by_its_key(agency: tuple[Agency, str], algorithm: str, kind: str) -> None:
    found, url = agency
    table = oauth(client="private_key_jwt", algorithm=algorithm, key_id="k1", audience="urn:tax")
    authentication = proved(url, table, assertion_key=pem(key(kind)))
    send(authentication)
    found.dead.add("t1")
    send(authentication)
    forms = [parse_qs(request.body.decode()) for request in found.asked("/token")]
    known = (ECKey if kind == "ec" else RSAKey).import_key(pem(key(kind)))
    tokens = [jwt.decode(form["client_assertion"][0], known, algorithms=[algorithm]) for form in forms]
    claims = tokens[0].claims
    assert claims["iss"] == claims["sub"] == "one:stop"
    assert claims["aud"] == f"{url}/token"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert tokens[0].header["kid"] == "k1"
    assert claims["jti"] != tokens[1].claims["jti"]
    assert forms[0]["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    assert forms[0]["resource"] == ["urn:tax"]
    assert "client_secret" not in forms[0]
    assert found.asked("/token")[0].header("Authorization") == ""


def test_a_token_may_come_from_another_host(agency: tuple[Agency, str]) -> None:
    found, url = agency
    other = Agency()
    listener = Listener("login", other.answer)
    listener.open()
    table = {
        "method": "oauth2",
        "token_url": f"http://127.0.0.1:{listener.port}/token",
        "client": "client_secret_post",
    }
    assert send(proved(url, table)) == 200
    listener.close()
    assert parse_qs(other.seen[0].body.decode())["client_secret"] == ["s&cret"]
    assert found.asked("/token") == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"access_token": "x", "token_type": "mac"}, NotUnderstood),
        ({"access_token": "x\ny"}, NotUnderstood),
        ({"expires_in": 60}, NotUnderstood),
        ([1], NotUnderstood),
        ({"access_token": "x", "expires_in": "soon"}, NotUnderstood),
    ],
)
def test_answers_that_are_no_token(
    agency: tuple[Agency, str], answer: Any, error: type[AdapterError]
) -> None:
    found, url = agency
    found.token_answer = answer
    with pytest.raises(error):
        send(proved(url, oauth()))


def test_a_token_endpoint_that_is_away_sent_nothing(agency: tuple[Agency, str]) -> None:
    _, url = agency
    listener = Listener("away", Agency().answer)
    listener.open()
    listener.close()
    table = {"method": "oauth2", "token_url": f"http://127.0.0.1:{listener.port}/token"}
    with pytest.raises(Unavailable) as caught:
        send(proved(url, table))
    assert caught.value.sent is False


@pytest.mark.parametrize(
    "table",
    [
        "kerberos",
        {"method": "oauth2"},
        oauth(client="guess"),
        oauth(client="private_key_jwt", algorithm="none"),
        oauth(client="private_key_jwt", algorithm="HS256"),
        oauth(client="private_key_jwt", assertion_key="not a key"),
        {"method": "http-signature", "algorithm": "md5"},
    ],
)
def test_tables_that_cannot_be_are_misconfigured(table: Any) -> None:
    with pytest.raises(Misconfigured):
        proved("http://127.0.0.1:9", table, assertion_key="not a key", signing_key=pem(key("ec")))


@pytest.mark.parametrize(
    ("name", "value"), [("username", "a:b"), ("api_key", "a\r\nHost: b"), ("hmac_secret", "short")]
)
def test_credentials_that_cannot_be_are_misconfigured(name: str, value: str) -> None:
    method = {"username": "basic", "api_key": "api-key", "hmac_secret": "hmac"}[name]
    with pytest.raises(Misconfigured):
        proved("http://127.0.0.1:9", method, **{name: value})
