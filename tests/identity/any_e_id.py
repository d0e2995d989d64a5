"""Steps of signing in with a foreign e-ID, shared by the tests of the portal's side."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.test import Client
from joserfc.jwk import KeySet

from identity import levels
from identity.models import IdentityProvider
from identity.signin import providers
from tests.identity.national import National

MEDIUM = "Cl.Cm.P2"


def enter(national: National, key: str = "national", **changed: Any) -> IdentityProvider:
    """Enter the e-ID as an administrator would, and hand it the portal's public key."""
    row = IdentityProvider(
        key=key,
        names={"en": "One Sign-in", "ar": "تسجيل واحد"},
        issuer=national.base,
        client_id="onestop",
        auth_method=IdentityProvider.Proof.SIGNED,
        scopes="openid email",
        level_path="vot",
        level_map={MEDIUM: levels.SUBSTANTIAL, "Cl.Cm": levels.LOW},
        asking=IdentityProvider.Asking.VTR,
        needs_at_hash=False,
        is_active=True,
    )
    row.secret = providers.new_key("ES256")
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    national.client_keys = KeySet.import_key_set(json.loads(json.dumps(providers.public_keys(row))))
    return row


def answer_of(client: Client, **asked: str) -> str:
    """Begin at the portal, go through the e-ID, and return the path and query it answers with."""
    begun = client.get(f"/sign-in?{urlencode(asked)}")
    assert begun.status_code == 302, begun.content[:300]
    return answered(begun["Location"])


def answered(address: str) -> str:
    """Follow an address to the e-ID; return the path and query of its answer."""
    back = urlsplit(requests.get(address, allow_redirects=False, timeout=5).headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(client: Client, key: str = "national", **asked: str) -> Any:
    """Sign in with a foreign e-ID; the portal's answer to the e-ID's."""
    return client.get(answer_of(client, **{"with": key, "next": "/my/", **asked}))
