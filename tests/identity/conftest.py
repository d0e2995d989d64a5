"""What tests of identity share: the provider's role inside the test process, its client, its people."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from oauth2_provider.views.mixins import OAuthLibMixin

from identity import levels
from identity.models import Application, EIDAccount, User
from identity.provider import key_ring

PORTAL = "https://portal.example"
CALLBACK = f"{PORTAL}/sign-in/callback"
SECRET = "a-secret-of-the-portal"


def _forget_servers() -> None:
    """The toolkit keeps its server on the view class; another role needs another server."""
    known: list[type] = [OAuthLibMixin]
    for view in known:
        known += view.__subclasses__()
        if "_oauthlib_core" in vars(view):
            del view._oauthlib_core  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signing keys made once for all tests: RSA keys take their time."""
    where = tmp_path_factory.mktemp("keys") / "eid-signing-keys.json"
    key_ring.ensure(where)
    return where


@pytest.fixture
def eid_role(settings: Any, tmp_path: Path, key_file: Path) -> Iterator[None]:
    """Make this process the e-ID provider: its URLs, its grants, a key of its own."""
    settings.ROLE, settings.IS_PORTAL, settings.SITE_NAVIGATION = "eid", False, []
    settings.EID_TEST_PEOPLE = True
    settings.ROOT_URLCONF = "identity.provider.urls"
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"form-action": ["'self'"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    settings.DATA_DIR = tmp_path
    shutil.copy(key_file, key_ring.path())
    settings.PORTAL_URL = PORTAL
    settings.OAUTH2_PROVIDER = settings.OAUTH2_PROVIDER | {
        "OAUTH2_SERVER_CLASS": "identity.oauth.server.EIDServer",
        "OIDC_ISS_ENDPOINT": settings.EID_URL,
        "OIDC_ENABLED": True,
    }
    _forget_servers()
    yield
    _forget_servers()


@pytest.fixture
def eid(live_server: Any, settings: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """The provider answering over HTTP from a thread of this process; returns its address."""
    settings.EID_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    request.getfixturevalue("eid_role")
    from tests.identity.live import hang_up  # it needs the names above

    yield str(live_server.url)
    hang_up()


@pytest.fixture
def portal_client(db: None) -> Application:
    """The portal as the provider knows it."""
    client = Application(
        client_id="portal",
        name="OneStop",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=CALLBACK,
        post_logout_redirect_uris=f"{PORTAL}/signed-out",
        allowed_scopes="openid profile eidas email phone",
        algorithm="ES256",
        skip_authorization=True,
    )
    client.set_secret(SECRET)
    client.save()
    return client


@pytest.fixture
def maria(db: None) -> EIDAccount:
    """A citizen proofed up to high."""
    user = User.objects.create_user(
        identifier="19850312T4173",
        given_name="Maria",
        family_name="Lindqvist-Okafor",
        date_of_birth="1985-03-12",
        place_of_birth="Eastholm",
    )
    return EIDAccount.objects.create(user=user, highest_level=levels.HIGH, story="Moves house")


@pytest.fixture
def elias(db: None) -> EIDAccount:
    """A citizen proofed up to low."""
    user = User.objects.create_user(identifier="1990T0014", given_name="Elias", family_name="Berg")
    return EIDAccount.objects.create(user=user, highest_level=levels.LOW, story="Low only")


@pytest.fixture
def browser() -> Client:
    """A browser that checks CSRF as a real one meets it."""
    return Client(enforce_csrf_checks=True)
