"""The portal's token endpoint for agencies, and what a token opens."""

import base64
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from identity import tokens
from identity.models import AccessToken, Application

pytestmark = pytest.mark.django_db
FORM = {"grant_type": "client_credentials", "scope": "case.status"}


@pytest.fixture
def npr() -> tuple[Application, str]:
    """The register's client with its secret."""
    client = Application(
        client_id="npr",
        agency="npr",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes="case.status",
    )
    secret = client.renew_secret()
    client.save()
    return client, secret


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def token_of(client: Client, npr: tuple[Application, str]) -> str:
    response = client.post("/oauth/token", FORM, headers=basic("npr", npr[1]))
    assert response.status_code == 200, response.content
    token: str = response.json()["access_token"]
    return token


def call(**headers: str) -> HttpRequest:
    return RequestFactory().post("/api/v1/agencies/npr/status", headers=headers)


def test_client_credentials_give_a_short_token(client: Client, npr: tuple[Application, str]) -> None:
    response = client.post("/oauth/token", FORM, headers=basic("npr", npr[1]))
    answer = response.json()
    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == "case.status"
    assert answer["expires_in"] <= 600
    assert response["Cache-Control"] == "no-store"
    assert answer["access_token"] not in str(list(AccessToken.objects.values_list()))
    request = call(Authorization=f"Bearer {answer['access_token']}")
    assert tokens.require_client(request, "case.status").agency == "npr"


def test_secret_in_the_body_works_too(client: Client, npr: tuple[Application, str]) -> None:
    form = FORM | {"client_id": "npr", "client_secret": npr[1]}
    assert client.post("/oauth/token", form).status_code == 200


def test_secret_is_hashed_fast(npr: tuple[Application, str]) -> None:
    stored = Application.objects.get(client_id="npr").client_secret
    assert stored.startswith("hmac-sha256$")
    assert npr[1] not in stored


@pytest.mark.parametrize(
    "grant", ["authorization_code", "password", "refresh_token", "implicit", "urn:x:device_code", ""]
)
def test_a12_a14_other_grants_are_unsupported(
    client: Client, npr: tuple[Application, str], grant: str
) -> None:
    form = {"grant_type": grant, "code": "x", "device_code": "x", "username": "x", "password": "x"}
    response = client.post("/oauth/token", form, headers=basic("npr", npr[1]))
    assert response.status_code == 400
    assert response.json()["error"] == ("unsupported_grant_type" if grant else "invalid_request")


@pytest.mark.parametrize("scope", ["case.write", "case.status case.write", "openid"])
def test_a13_scope_outside_the_list_is_refused(
    client: Client, npr: tuple[Application, str], scope: str
) -> None:
    response = client.post("/oauth/token", FORM | {"scope": scope}, headers=basic("npr", npr[1]))
    assert response.json()["error"] == "invalid_scope"


@pytest.mark.parametrize("secret", ["wrong", "", "ü"])
def test_a45_wrong_secret_is_challenged(client: Client, npr: tuple[Application, str], secret: str) -> None:
    response = client.post("/oauth/token", FORM, headers=basic("npr", secret))
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response.json()["error"] == "invalid_client"


def test_client_without_a_secret_never_matches(client: Client, npr: tuple[Application, str]) -> None:
    Application.objects.update(client_secret="")
    assert client.post("/oauth/token", FORM, headers=basic("npr", "")).status_code == 401


def test_switched_off_client_is_dead_at_once(client: Client, npr: tuple[Application, str]) -> None:
    token = token_of(client, npr)
    Application.objects.update(is_active=False)
    refused(call(Authorization=f"Bearer {token}"), 401, "invalid_token")
    assert client.post("/oauth/token", FORM, headers=basic("npr", npr[1])).status_code == 401


def refused(request: HttpRequest, status: int, error: str, scope: str = "case.status") -> None:
    with pytest.raises(tokens.TokenRefused) as refusal:
        tokens.require_client(request, scope)
    assert (refusal.value.status, refusal.value.error) == (status, error)
    assert refusal.value.response()["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eA==", "Bearer a b", "eA=="])
def test_a45_no_token_is_challenged_without_an_error(header: str) -> None:
    refused(call(**({"Authorization": header} if header else {})), 401, "")


def test_unknown_and_expired_tokens_are_refused(client: Client, npr: tuple[Application, str]) -> None:
    refused(call(Authorization="Bearer made-up"), 401, "invalid_token")
    token = token_of(client, npr)
    AccessToken.objects.update(expires=timezone.now())
    refused(call(Authorization=f"Bearer {token}"), 401, "invalid_token")


def test_other_scope_is_insufficient(client: Client, npr: tuple[Application, str]) -> None:
    request = call(Authorization=f"Bearer {token_of(client, npr)}")
    refused(request, 403, "insufficient_scope", scope="case.write")


def test_scope_taken_from_the_client_is_gone_from_its_tokens(
    client: Client, npr: tuple[Application, str]
) -> None:
    token = token_of(client, npr)
    Application.objects.update(allowed_scopes="")
    refused(call(Authorization=f"Bearer {token}"), 403, "insufficient_scope")


def test_a15_token_in_the_address_is_refused(client: Client, npr: tuple[Application, str]) -> None:
    token = token_of(client, npr)
    refused(RequestFactory().post(f"/status?access_token={token}"), 400, "invalid_request")
    refused(RequestFactory().post("/status", {"access_token": token}), 400, "invalid_request")


def test_metadata_says_what_is_true(client: Client, settings: Any) -> None:
    document = client.get("/.well-known/oauth-authorization-server").json()
    assert document["grant_types_supported"] == ["client_credentials"]
    assert document["token_endpoint"] == f"{settings.PORTAL_URL}/oauth/token"
