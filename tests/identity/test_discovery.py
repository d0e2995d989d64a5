"""What the portal believes of a provider's discovery document and keys, and how often it asks."""

from typing import Any

import pytest
import requests
import responses
from joserfc.jwk import ECKey, OctKey

from identity.signin import discovery, key_sets
from identity.signin.discovery import Metadata
from identity.signin.errors import ProviderSilent

ISSUER = "https://eid.example"
DOCUMENT = f"{ISSUER}/.well-known/openid-configuration"
JWKS = f"{ISSUER}/jwks"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": JWKS,
}
OLD = ECKey.generate_key("P-256", private=True, auto_kid=True)
NEW = ECKey.generate_key("P-256", private=True, auto_kid=True)


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(discovery, "time", clock)
    monkeypatch.setattr(key_sets, "time", clock)
    return clock


def publish(*keys: ECKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


@responses.activate
def test_endpoints_are_read_once_in_a_while(clock: Clock) -> None:
    responses.get(DOCUMENT, json=GOOD)
    metadata = Metadata(ISSUER)
    assert metadata.discovery().token_endpoint == GOOD["token_endpoint"]
    metadata.discovery()
    assert len(responses.calls) == 1
    clock.now += discovery.ENDPOINTS_SECONDS + 1
    metadata.discovery()
    assert len(responses.calls) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"json": GOOD | {"issuer": "https://evil.example"}},
        {"json": GOOD | {"issuer": f"{ISSUER}/"}},
        {"json": {"issuer": ISSUER}},
        {"json": GOOD, "status": 500},
        {"json": [GOOD]},
        {"body": "<html>"},
        {"body": b"\xff\xfe"},
        {"body": b"x" * 300_000},
        {"body": requests.ConnectionError("nobody there")},
        {"body": requests.Timeout("slow")},
        {"status": 302, "headers": {"Location": "https://evil.example"}},
    ],
    ids=str,
)
@responses.activate
def test_a71_other_documents_are_not_believed(answer: dict[str, Any]) -> None:
    responses.get(DOCUMENT, **answer)
    with pytest.raises(ProviderSilent):
        Metadata(ISSUER).discovery()


@responses.activate
def test_an_issuer_may_end_in_a_slash_and_is_compared_with_it() -> None:
    responses.get(DOCUMENT, json=GOOD | {"issuer": f"{ISSUER}/"})
    assert Metadata(f"{ISSUER}/").discovery().issuer == f"{ISSUER}/"
    with pytest.raises(ProviderSilent):
        Metadata(ISSUER).discovery()


@responses.activate
def test_silent_provider_is_not_asked_by_everyone_at_once(clock: Clock) -> None:
    responses.get(DOCUMENT, body=requests.ConnectionError("nobody there"))
    metadata = Metadata(ISSUER)
    for _ in range(5):
        with pytest.raises(ProviderSilent):
            metadata.discovery()
    assert len(responses.calls) == 1
    responses.replace(responses.GET, DOCUMENT, json=GOOD)
    clock.now += discovery.SILENT_SECONDS + 1
    assert metadata.discovery().issuer == ISSUER


def fetches() -> int:
    return sum(call.request.url == JWKS for call in responses.calls)


@responses.activate
def test_a73_flood_of_unknown_keys_is_one_fetch_in_thirty_seconds(clock: Clock) -> None:
    responses.get(DOCUMENT, json=GOOD)
    responses.get(JWKS, json=publish(OLD))
    metadata = Metadata(ISSUER)
    metadata.keys(OLD.kid)
    for number in range(100):
        metadata.keys(f"forged-{number}")
    assert fetches() == 1
    clock.now += key_sets.REFETCH_SECONDS + 1
    for number in range(100):
        metadata.keys(f"forged-{number}")
    assert fetches() == 2


@responses.activate
def test_a84_rotated_key_is_found_without_a_restart(clock: Clock) -> None:
    responses.get(DOCUMENT, json=GOOD)
    responses.get(JWKS, json=publish(OLD))
    metadata = Metadata(ISSUER)
    metadata.keys(OLD.kid)
    responses.replace(responses.GET, JWKS, json=publish(OLD, NEW))
    clock.now += key_sets.REFETCH_SECONDS + 1
    assert NEW.kid in {key.kid for key in metadata.keys(NEW.kid).keys}


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"keys": []}},
        {"json": {}},
        {"json": {"keys": "many"}},
        {"json": {"keys": [None]}},
        {"json": {"keys": [OctKey.generate_key(256, private=True).as_dict(private=True)]}},
        {"json": {"keys": [OLD.as_dict(private=True)]}},
        {"json": {"keys": [{"kty": "EC", "crv": "P-256"}]}},
        {"json": publish(OLD), "status": 500},
        {"body": requests.ConnectionError("nobody there")},
    ],
    ids=range(9),
)
@responses.activate
def test_a72_without_usable_keys_nobody_signs_in(answer: dict[str, Any]) -> None:
    responses.get(DOCUMENT, json=GOOD)
    responses.get(JWKS, **answer)
    metadata = Metadata(ISSUER)
    for _ in range(2):
        with pytest.raises(ProviderSilent):
            metadata.keys(OLD.kid)
    assert fetches() == 1
