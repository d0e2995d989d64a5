"""The e-ID provider, from the authorization request to the end of the session."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import levels
from identity.models import AccessToken, Application, EIDAccount, Grant, IDToken, Session
from identity.oauth import views
from tests.identity.conftest import CALLBACK, PORTAL, SECRET
from tests.identity.steps import ASKED, answer, choose, claims_of, pending, redeem, sign_in, without

GUIDE = Path(__file__).parents[2] / "docs" / "e-id.md"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]


def test_a30_code_becomes_an_id_token_with_the_real_level(
    client: Client, portal_client: Application, maria: EIDAccount, settings: Any
) -> None:
    got = sign_in(client, maria, "high", acr_values=levels.SUBSTANTIAL)
    assert got["state"] == ASKED["state"]
    assert got["iss"] == settings.EID_URL  # A31
    tokens = redeem(client, got["code"]).json()
    claims = claims_of(client, tokens["id_token"])
    session = Session.objects.get()
    assert claims["acr"] == levels.HIGH  # A30
    assert claims["iss"] == settings.EID_URL
    assert claims["sub"] == str(maria.user.subject)
    assert claims["aud"] == "portal"
    assert claims["nonce"] == ASKED["nonce"]
    assert claims["sid"] == str(session.sid)
    assert claims["auth_time"] == int(session.authenticated_at.timestamp())
    assert {"iat", "exp", "at_hash", "amr", "jti"} <= set(claims)
    assert "refresh_token" not in tokens
    assert "19850312T4173" not in str(claims)  # A145: the token travels in addresses again


def test_userinfo_follows_the_scopes(client: Client, portal_client: Application, maria: EIDAccount) -> None:
    tokens = redeem(client, sign_in(client, maria)["code"]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = client.get("/userinfo", headers=bearer).json()
    assert person["given_name"] == "Maria"
    assert person["person_identifier"] == "19850312T4173"
    assert person["place_of_birth"] == {"locality": "Eastholm"}
    assert "email" not in person


def test_nothing_usable_is_stored(client: Client, portal_client: Application, maria: EIDAccount) -> None:
    code = sign_in(client, maria)["code"]
    tokens = redeem(client, code).json()
    stored = str([list(model.objects.values_list()) for model in (Grant, AccessToken, IDToken, Application)])
    assert code not in stored
    assert tokens["access_token"] not in stored
    assert SECRET not in stored


@pytest.mark.parametrize(
    "uri",
    [
        f"{CALLBACK}?x=1",
        f"{CALLBACK}/",
        f"{PORTAL}/sign-in/../sign-in/callback",
        f"{CALLBACK}#x",
        "https://evil@portal.example/sign-in/callback",
        "https://portal.example:444/sign-in/callback",
        "https://evil.example/",
        "javascript:alert(1)",
    ],
)
def test_a1_a2_other_redirect_uri_is_never_followed(
    client: Client, portal_client: Application, uri: str
) -> None:
    response = client.get("/authorize", ASKED | {"redirect_uri": uri})
    assert response.status_code == 400
    assert "Location" not in response


def test_a2_other_loopback_port_is_refused(client: Client, portal_client: Application) -> None:
    portal_client.redirect_uris = "http://127.0.0.1:8000/cb"
    portal_client.save()
    assert client.get("/authorize", ASKED | {"redirect_uri": "http://127.0.0.1:9/cb"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "error"),
    [
        pytest.param(
            without("code_challenge", "code_challenge_method"), "invalid_request", id="A3 no challenge"
        ),
        pytest.param(without("code_challenge_method"), "invalid_request", id="A4 no method"),
        pytest.param(ASKED | {"code_challenge_method": "plain"}, "invalid_request", id="A4 plain"),
        (ASKED | {"response_type": "token"}, "unsupported_response_type"),
        (ASKED | {"response_type": "code token"}, "unauthorized_client"),
        (ASKED | {"response_type": "id_token"}, "unsupported_response_type"),
        (ASKED | {"scope": "openid admin"}, "invalid_scope"),
        (ASKED | {"scope": "profile"}, "invalid_scope"),
        (without("scope"), "invalid_scope"),
        (ASKED | {"prompt": "none login"}, "invalid_request"),
        (ASKED | {"max_age": "soon"}, "invalid_request"),
        (ASKED | {"acr_values": "urn:unknown"}, "invalid_request"),
        (ASKED | {"prompt": "none"}, "login_required"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a31_client_is_told_why_not(
    client: Client, portal_client: Application, query: dict[str, str], error: str, settings: Any
) -> None:
    got = answer(client.get("/authorize", query))
    assert got["error"] == error
    assert got["state"] == ASKED["state"]
    assert got["iss"] == settings.EID_URL
    assert "code" not in got


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"code_verifier": "wrong" * 10}, id="A5 wrong verifier"),
        pytest.param({"code_verifier": None}, id="A6 no verifier"),
        {"client_secret": "wrong"},
        {"client_secret": None},
        {"redirect_uri": f"{CALLBACK}/x"},
        {"redirect_uri": None},
        {"grant_type": "password", "username": "maria", "password": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "client_credentials"},
    ],
    ids=str,
)
def test_code_is_not_redeemed_otherwise(
    client: Client, portal_client: Application, maria: EIDAccount, changed: dict[str, str | None]
) -> None:
    code = sign_in(client, maria)["code"]
    response = redeem(client, code, **changed)
    assert response.status_code in {400, 401}
    assert "access_token" not in response.json()
    assert not AccessToken.objects.exists()


def test_a7_a8_replayed_code_ends_its_tokens(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    code = sign_in(client, maria)["code"]
    token = redeem(client, code).json()["access_token"]
    assert redeem(client, code).json()["error"] == "invalid_grant"
    assert client.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a9_code_of_another_client_is_refused(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    code = sign_in(client, maria)["code"]
    Application.objects.create(
        client_id="other",
        client_type=Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=CALLBACK,
    )
    response = redeem(client, code, client_id="other", client_secret=None)
    assert response.json()["error"] == "invalid_grant"


def test_a11_old_code_is_refused(client: Client, portal_client: Application, maria: EIDAccount) -> None:
    code = sign_in(client, maria)["code"]
    Grant.objects.update(expires=timezone.now())
    assert redeem(client, code).json()["error"] == "invalid_grant"


def test_a15_token_in_the_address_is_refused(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    token = redeem(client, sign_in(client, maria)["code"]).json()["access_token"]
    assert client.get("/userinfo", {"access_token": token}).status_code == 400


def test_a16_id_token_opens_nothing(client: Client, portal_client: Application, maria: EIDAccount) -> None:
    token = redeem(client, sign_in(client, maria)["code"]).json()["id_token"]
    refused = client.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert "invalid_token" in refused["WWW-Authenticate"]


def test_a20_deactivated_person_is_dead_everywhere(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    token = redeem(client, sign_in(client, maria)["code"]).json()["access_token"]
    code = answer(client.get("/authorize", ASKED))["code"]
    maria.user.is_active = False
    maria.user.save()
    assert client.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert redeem(client, code).json()["error"] == "invalid_grant"
    assert "/login" in client.get("/authorize", ASKED)["Location"]


def test_a27_prompt_login_cannot_be_skipped(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    assert "code" in sign_in(client, maria)
    assert "code" in answer(client.get("/authorize", ASKED))  # single sign-on
    again = sign_in(client, maria, prompt="login")  # asks, and is satisfied once
    assert "code" in again
    assert "/login" in client.get("/authorize", ASKED | {"prompt": "login"})["Location"]


def test_a26_a_silent_request_is_answered_in_each_of_its_states(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    assert answer(client.get("/authorize", ASKED | {"prompt": "none"}))["error"] == "login_required"
    sign_in(client, maria)
    assert "code" in answer(client.get("/authorize", ASKED | {"prompt": "none"}))
    higher = ASKED | {"prompt": "none", "acr_values": levels.HIGH}
    assert answer(client.get("/authorize", higher))["error"] == "unmet_authentication_requirements"
    portal_client.skip_authorization = False
    portal_client.save()
    assert answer(client.get("/authorize", ASKED | {"prompt": "none"}))["error"] == "consent_required"


def test_a28_max_age_asks_again(client: Client, portal_client: Application, maria: EIDAccount) -> None:
    sign_in(client, maria)
    Session.objects.update(authenticated_at=timezone.now() - timezone.timedelta(seconds=61))
    assert "code" in answer(client.get("/authorize", ASKED | {"max_age": "120"}))
    assert "/login" in client.get("/authorize", ASKED | {"max_age": "60"})["Location"]


def test_a29_level_below_the_request_is_never_issued(
    client: Client, portal_client: Application, maria: EIDAccount, elias: EIDAccount
) -> None:
    asked = ASKED | {"acr_values": levels.SUBSTANTIAL}
    target = pending(client, acr_values=levels.SUBSTANTIAL)
    for account, level in ((elias, "low"), (elias, "high"), (maria, "low")):
        refused = choose(client, account, level, target)
        assert refused.status_code == 400
        assert not Session.objects.exists()
    choose(client, elias, "low", pending(client))
    assert "/login" in client.get("/authorize", asked)["Location"]  # step-up
    silent = answer(client.get("/authorize", asked | {"prompt": "none"}))
    assert silent["error"] == "unmet_authentication_requirements"


def test_giving_up_tells_the_client(client: Client, portal_client: Application) -> None:
    target = pending(client)
    assert answer(client.post(target, {"allow": "no"}))["error"] == "access_denied"


def test_a44_consent_form_has_nothing_to_tamper_with(
    client: Client, portal_client: Application, maria: EIDAccount
) -> None:
    portal_client.skip_authorization = False
    portal_client.save()
    target = pending(client)
    choose(client, maria, "substantial", target)
    page = client.get(target)
    assert page.status_code == 200
    assert client.post(target, {"allow": "yes", "scope": "openid admin"}).status_code == 400
    assert client.post(target, {"allow": "yes", "redirect_uri": "https://evil.example"}).status_code == 400
    assert "code" in answer(client.post(target, {"allow": "yes"}))


def test_a130_forms_need_their_csrf_token(
    browser: Client, portal_client: Application, maria: EIDAccount
) -> None:
    target = pending(browser)
    assert choose(browser, maria, "substantial", target).status_code == 403
    assert browser.post(target, {"allow": "no"}).status_code == 403
    assert browser.post("/logout/confirm").status_code == 403


@pytest.mark.parametrize(
    "path", ["/applications/", "/o/applications/register/", "/register/", "/introspect/"]
)
def test_a41_no_door_to_client_registration(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_sign_in_page_shows_and_finds_people(
    client: Client, portal_client: Application, maria: EIDAccount, elias: EIDAccount
) -> None:
    sent = client.get("/authorize", ASKED | {"acr_values": levels.SUBSTANTIAL})
    page = client.get(sent["Location"]).content.decode()
    assert "Maria Lindqvist-Okafor" in page
    assert "Elias Berg" in page
    assert page.count('name="level"') == 2  # Maria's substantial and high; Elias reaches neither
    found = client.get(sent["Location"] + "&q=lindq").content.decode()
    assert "Maria" in found
    assert "Elias" not in found


def test_discovery_says_what_is_true(client: Client, settings: Any) -> None:
    document = client.get("/.well-known/openid-configuration", headers={"Host": "127.0.0.1"}).json()
    assert document["issuer"] == settings.EID_URL
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    for name, value in document.items():
        if name.endswith("_endpoint"):
            path = value.removeprefix(settings.EID_URL)
            assert client.get(path).status_code != 404, name


def test_the_guide_shows_discovery_as_it_is(client: Client, settings: Any) -> None:
    shown = json.loads(GUIDE.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0])
    settings.EID_URL = shown["issuer"]
    assert client.get("/.well-known/openid-configuration").json() == shown


def test_every_grant_and_scope_of_discovery_is_offered(client: Client, portal_client: Application) -> None:
    document = client.get("/.well-known/openid-configuration").json()
    offered = set(document["grant_types_supported"])
    portal_client.grant_types = " ".join(offered)
    portal_client.save()
    for grant in (*offered, "client_credentials", "password", "implicit"):
        answer = redeem(client, "x", grant_type=grant, refresh_token="x", device_code="x").json()
        assert (answer["error"] == "invalid_grant") is (grant in offered), (grant, answer)
    assert set(document["scopes_supported"]) == set(portal_client.allowed_scopes.split())


@pytest.mark.parametrize("name", ["request", "registration"])
def test_what_discovery_leaves_out_is_refused(client: Client, portal_client: Application, name: str) -> None:
    assert answer(client.get("/authorize", ASKED | {name: "a.b.c"}))["error"] == f"{name}_not_supported"


def test_a43_a131_sign_in_page_may_end_at_the_client_and_nowhere_else(
    client: Client, portal_client: Application
) -> None:
    page = client.get("/login", {"next": pending(client)})
    policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; ") if " " in part)
    assert policy["form-action"].split() == ["'self'", PORTAL]
    assert policy["frame-ancestors"] == "'none'"
    forged = pending(client).replace("portal.example", "evil.example")
    assert "evil.example" not in client.get("/login", {"next": forged})["Content-Security-Policy"]


def test_redeeming_a_code_takes_few_queries(
    client: Client,
    portal_client: Application,
    maria: EIDAccount,
    django_assert_max_num_queries: Any,
) -> None:
    code = sign_in(client, maria)["code"]
    system = Client()  # the client's own call carries none of the browser's cookies
    views.throttle()._sweep(time.time())  # done once a minute, by whichever call comes next
    with django_assert_max_num_queries(8):  # the two that begin and end the transaction among them
        assert redeem(system, code).status_code == 200


def test_a_refresh_token_comes_within_the_same_queries(
    client: Client,
    portal_client: Application,
    maria: EIDAccount,
    django_assert_max_num_queries: Any,
) -> None:
    portal_client.grant_types = "refresh_token"
    portal_client.save()
    code, system = sign_in(client, maria)["code"], Client()
    proof = {"client_id": "portal", "client_secret": SECRET}
    assert system.post("/revoke", proof | {"token": "x"}).status_code == 200  # of a share of many calls
    with django_assert_max_num_queries(8):
        assert "refresh_token" in redeem(system, code).json()
