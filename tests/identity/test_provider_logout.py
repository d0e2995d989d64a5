"""Signing out at the e-ID (A21 to A24): it ends this session, and only for the one whose session it is."""

import pytest
from django.test import Client

from identity.models import Application, EIDAccount, Session
from tests.identity.conftest import PORTAL
from tests.identity.steps import ASKED, redeem, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]


def test_own_hint_ends_session_and_tokens(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    tokens = redeem(client, sign_in(client, maria)["code"]).json()
    elsewhere = Client()
    others = redeem(elsewhere, sign_in(elsewhere, maria)["code"]).json()
    asked = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": f"{PORTAL}/signed-out",
        "state": "s",
    }
    response = client.get("/logout", asked)
    assert response["Location"] == f"{PORTAL}/signed-out?state=s"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 401  # A21
    still = {"Authorization": f"Bearer {others['access_token']}"}
    assert client.get("/userinfo", headers=still).status_code == 200  # A22
    assert "/login" in client.get("/authorize", ASKED)["Location"]


def test_a23_stranger_with_an_old_hint_ends_nothing(
    client: Client, portal_client: Application, maria: EIDAccount, elias: EIDAccount
) -> None:
    tokens = redeem(client, sign_in(client, maria)["code"]).json()
    stranger = Client()
    assert stranger.get("/logout", {"id_token_hint": tokens["id_token"]}).status_code == 302
    other = Client()
    sign_in(other, elias, "low")
    assert other.get("/logout", {"id_token_hint": tokens["id_token"]}).status_code == 200  # asks
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"post_logout_redirect_uri": "https://evil.example/", "client_id": "portal"},
        {"post_logout_redirect_uri": f"{PORTAL}/signed-out"},
        {"post_logout_redirect_uri": f"{PORTAL}/signed-out", "client_id": "nobody"},
        {"post_logout_redirect_uri": f"{PORTAL}/signed-out", "id_token_hint": "a.b.c"},
    ],
)
def test_a24_unregistered_address_is_not_followed(
    client: Client, portal_client: Application, asked: dict[str, str]
) -> None:
    response = client.get("/logout", asked)
    assert response.status_code == 400
    assert "Location" not in response


def test_without_a_hint_the_person_is_asked(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    sign_in(client, maria)
    page = client.get("/logout")
    assert page.status_code == 200
    assert Session.objects.filter(ended_at=None).count() == 1
    assert client.post("/logout/confirm").status_code == 302
    assert Session.objects.filter(ended_at=None).count() == 0
