"""The provider's signing keys: two algorithms, rotated while it runs, remembered for signing out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from joserfc import jws

from identity.models import Application, EIDAccount
from identity.provider import cli, key_ring, keys
from tests.identity import steps
from tests.identity.conftest import PORTAL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def id_token(client: Client, person: EIDAccount) -> str:
    token: str = steps.redeem(client, steps.sign_in(client, person)["code"]).json()["id_token"]
    return token


def header(token: str) -> dict[str, object]:
    return dict(jws.extract_compact(token.encode()).headers())


@pytest.mark.parametrize("algorithm", key_ring.ALGORITHMS)
def test_a_client_gets_the_algorithm_it_is_registered_with(
    client: Client, portal_client: Application, maria: EIDAccount, algorithm: str
) -> None:
    Application.objects.update(algorithm=algorithm)
    token = id_token(client, maria)
    assert header(token)["alg"] == algorithm
    assert steps.claims_of(client, token)["sub"] == str(maria.user.subject)
    offered = client.get("/.well-known/openid-configuration").json()["id_token_signing_alg_values_supported"]
    assert algorithm in offered


def test_a_rotation_takes_effect_without_a_restart(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    before = id_token(client, maria)
    published = {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]}
    key_ring.rotate(key_ring.path(), datetime.now(UTC))
    client.post("/logout/confirm")
    after = id_token(client, maria)
    assert header(before)["kid"] != header(after)["kid"]
    assert header(after)["kid"] in published, "clients knew the key before it was used"
    assert steps.claims_of(client, before)["sub"] == str(maria.user.subject), "still verifies"


def test_a25_a_hint_signed_by_a_retired_key_works(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    token = id_token(client, maria)
    for _ in range(2):
        key_ring.rotate(key_ring.path(), datetime.now(UTC))
    asked = {"id_token_hint": token, "post_logout_redirect_uri": f"{PORTAL}/signed-out"}
    response = client.get("/logout", asked)
    assert (response.status_code, response["Location"]) == (302, f"{PORTAL}/signed-out")


def test_a17_a_logout_token_is_no_hint() -> None:
    token = keys.sign({"iss": "http://127.0.0.1:8001", "sub": "x"}, kind="logout+jwt")
    with pytest.raises(keys.BadHint):
        keys.read_hint(token)


def test_a_forgotten_key_knows_nothing() -> None:
    token = keys.sign({"iss": "http://127.0.0.1:8001", "sub": "x"})
    assert keys.read_hint(token)["sub"] == "x"
    key_ring.rotate(key_ring.path(), NOW)
    key_ring.rotate(key_ring.path(), NOW + key_ring.REMEMBERED + timedelta(days=1))
    with pytest.raises(keys.BadHint):
        keys.read_hint(token)


def test_retired_keys_leave_the_key_set_after_a_day() -> None:
    ring = keys.ring().rotated(NOW)
    assert len(ring.published(NOW + timedelta(hours=23))) == 6
    assert len(ring.published(NOW + timedelta(hours=25))) == 4


def test_the_public_key_set_holds_no_private_part(client: Client) -> None:
    for key in client.get("/.well-known/jwks.json").json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"
        assert key["alg"] in key_ring.ALGORITHMS


def test_the_command_shows_and_rotates(capsys: pytest.CaptureFixture[str]) -> None:
    old = keys.ring().active("ES256").kid
    assert cli.main(["rotate"]) == 0
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines() if old in line] == ["retired"]
    assert cli.main([]) == 0
    assert capsys.readouterr().out == said
    assert key_ring.path().stat().st_mode & 0o077 == 0
