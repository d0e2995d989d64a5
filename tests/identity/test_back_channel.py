"""The e-ID ends a session and says so; what only looks like its word ends nothing (A21, A22, A32, A82)."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from identity import levels
from identity.models import Application, EIDAccount, SignIn, User
from identity.provider import back_channel as provider_side
from identity.provider import subjects
from identity.signin import back_channel, discovery
from identity.signin.providers import ensure_embedded
from tests.identity import steps

pytestmark = pytest.mark.django_db
KEY, OTHER = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
ISSUER = "http://127.0.0.1:8001"
URL = "/sign-in/back-channel-logout"


@pytest.fixture(autouse=True)
def keys(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The e-ID's row, and its keys as the portal has fetched them."""
    ensure_embedded()
    held = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
    monkeypatch.setattr(discovery.Metadata, "keys", lambda self, kid: held)


@pytest.fixture
def signed_in() -> SignIn:
    user = User.objects.create_user(given_name="Maria")
    return SignIn.objects.create(
        user=user, issuer=ISSUER, subject="m", sid="sid-1", session_key="k", acr=levels.SUBSTANTIAL
    )


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    whole: dict[str, Any] = {
        "iss": ISSUER,
        "aud": "portal",
        "sub": "m",
        "sid": "sid-1",
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "events": {back_channel.EVENT: {}},
    } | changed
    return {name: value for name, value in whole.items() if value is not None}


def token(key: ECKey = KEY, typ: str = "logout+jwt", **changed: Any) -> str:
    head = {"alg": "ES256", "kid": key.kid, "typ": typ}
    return jwt.encode(head, claims(**changed), key, algorithms=["ES256"])


def post(client: Client, sent: str) -> Any:
    return client.post(URL, {"logout_token": sent})


@pytest.mark.parametrize("named", [{}, {"sub": None}, {"sid": None}])
def test_a_logout_token_ends_what_it_names(client: Client, signed_in: SignIn, named: dict[str, Any]) -> None:
    response = post(client, token(**named))
    assert (response.status_code, response.json()) == (200, {"ended": 1})
    assert response["Cache-Control"].startswith("max-age=0")
    signed_in.refresh_from_db()
    assert signed_in.ended_at is not None


def test_a22_other_sessions_go_on(client: Client, signed_in: SignIn) -> None:
    assert post(client, token(sid="sid-2")).json() == {"ended": 0}
    assert post(client, token(sub="somebody")).json() == {"ended": 0}
    signed_in.refresh_from_db()
    assert signed_in.ended_at is None


FORGED: dict[str, Callable[[], str]] = {
    "another key": lambda: token(OTHER),
    "an ID token": lambda: token(typ="JWT"),
    "another issuer": lambda: token(iss="https://evil.example"),
    "another client": lambda: token(aud="other"),
    "no audience": lambda: token(aud=None),
    "a nonce": lambda: token(nonce="n"),
    "no events": lambda: token(events=None),
    "events is a list": lambda: token(events=[back_channel.EVENT]),
    "another event": lambda: token(events={"https://x": {}}),
    "names nobody": lambda: token(sub=None, sid=None),
    "sid is a number": lambda: token(sid=1),
    "no number": lambda: token(jti=None),
    "expired": lambda: token(exp=int(time.time()) - 100),
    "for ever": lambda: token(exp=int(time.time()) + 10**6),
    "old": lambda: token(iat=int(time.time()) - 1000),
    "from the future": lambda: token(iat=int(time.time()) + 1000),
    "no time": lambda: token(iat=None),
    "garbage": lambda: "a.b.c",
    "umlauts": lambda: "ä.ö.ü",
    "NUL": lambda: "\x00",
    "empty": lambda: "",
    "long": lambda: "x" * 9000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a82_forged_logout_tokens_end_nothing(client: Client, signed_in: SignIn, name: str) -> None:
    response = post(client, FORGED[name]())
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    signed_in.refresh_from_db()
    assert signed_in.ended_at is None


def test_a82_a_logout_token_is_taken_once(client: Client, signed_in: SignIn) -> None:
    sent = token()
    assert post(client, sent).status_code == 200
    assert "used before" in post(client, sent).json()["error_description"]


def test_a_get_is_not_allowed(client: Client) -> None:
    assert client.get(URL).status_code == 405


@pytest.mark.usefixtures("eid_role")
class TestProvider:
    """What the provider says, and to whom."""

    def test_clients_of_the_session_are_told_and_believe_it(
        self,
        client: Client,
        portal_client: Application,
        maria: EIDAccount,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        told: list[tuple[str, str]] = []
        monkeypatch.setattr(provider_side, "_submit", lambda app, sent: told.append((app.client_id, sent)))
        Application.objects.create(client_id="idle", backchannel_logout_uri="https://idle.example/out")
        Application.objects.filter(pk=portal_client.pk).update(backchannel_logout_uri="https://p.example/out")
        code = steps.sign_in(client, maria)["code"]
        claimed = steps.claims_of(client, steps.redeem(client, code).json()["id_token"])
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/logout/confirm")
        assert [one for one, _ in told] == ["portal"], "only who was told that somebody signed in"
        said = steps.claims_of(client, told[0][1])
        assert {name: said[name] for name in ("sid", "sub", "aud")} == {
            name: claimed[name] for name in ("sid", "sub", "aud")
        }
        assert said["events"] == {back_channel.EVENT: {}}
        assert "nonce" not in said

    def test_a32_pairwise_subjects_differ_by_sector_and_stay(
        self, client: Client, portal_client: Application, maria: EIDAccount
    ) -> None:
        Application.objects.filter(pk=portal_client.pk).update(subject_type="pairwise")
        answer = steps.redeem(client, steps.sign_in(client, maria)["code"]).json()
        sub = steps.claims_of(client, answer["id_token"])["sub"]
        bearer = {"Authorization": f"Bearer {answer['access_token']}"}
        assert client.get("/userinfo", headers=bearer).json()["sub"] == sub
        assert sub != str(maria.user.subject)
        assert str(maria.user.subject) not in json.dumps(answer)
        again = Application(subject_type="pairwise", redirect_uris="https://portal.example/other")
        elsewhere = Application(subject_type="pairwise", redirect_uris="https://tax.example/cb")
        assert subjects.of(maria.user, again) == sub, "one sector, one name"
        assert subjects.of(maria.user, elsewhere) != sub

    def test_several_hosts_need_a_sector(self, maria: EIDAccount) -> None:
        several = Application(subject_type="pairwise", redirect_uris="https://a.example/ https://b.example/")
        with pytest.raises(ValueError, match="sector"):
            subjects.of(maria.user, several)
        several.sector_identifier = "a.example"
        assert subjects.of(maria.user, several)
