"""What attacks on the e-ID share: a server that answers over HTTP, its clients and its people."""

import pytest

from identity.models import Application
from tests.identity.conftest import (  # noqa: F401 - fixtures
    CALLBACK,
    SECRET,
    eid,
    eid_role,
    elias,
    key_file,
    maria,
    portal_client,
)
from tests.identity.live import Caller


@pytest.fixture
def caller(eid: str, portal_client: Application) -> Caller:  # noqa: F811
    """The portal as a client that may refresh."""
    portal_client.grant_types = "refresh_token"
    portal_client.save()
    return Caller(eid)


@pytest.fixture
def other(portal_client: Application) -> Application:  # noqa: F811
    """Another client, with the same secret, address and scopes, so that nothing but its name differs."""
    client = Application(
        client_id="other",
        name="Another service",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        grant_types="refresh_token",
        redirect_uris=CALLBACK,
        allowed_scopes=portal_client.allowed_scopes,
        algorithm="ES256",
        skip_authorization=True,
    )
    client.set_secret(SECRET)
    client.save()
    return client


@pytest.fixture
def public(portal_client: Application) -> Application:  # noqa: F811
    """A client without a secret, as an app on a phone is."""
    return Application.objects.create(
        client_id="app",
        name="An app",
        client_type=Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        grant_types="refresh_token",
        redirect_uris=CALLBACK,
        allowed_scopes="openid profile",
        algorithm="ES256",
        skip_authorization=True,
    )
