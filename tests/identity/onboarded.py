"""Clients of agencies, made as people make them, and the calls of their systems."""

import json
import time
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey

from identity.models import AgencyClient, StaffRole, User
from identity.oauth.assertions import TYPE
from identity.onboarding import deciding, keys, registering

KEY = ECKey.generate_key("P-256", auto_kid=True)
NEXT = ECKey.generate_key("P-256", auto_kid=True)


def staff(role: str, unit: str = "", name: str = "Kim") -> User:
    """A member of staff."""
    user = User.objects.create_user(given_name=name, family_name=unit or role)
    StaffRole.objects.create(user=user, role=role, unit=unit)
    return user


def key_set(*several: ECKey, **members: Any) -> str:
    """The public halves as JSON."""
    return json.dumps({"keys": [one.as_dict(private=False) | members for one in several or (KEY,)]})


def asked(**changed: str) -> dict[str, str]:
    """What is asked for a client: KEY, and everything."""
    jwks = keys.uploaded(key_set(), timezone.now())
    plain = {"name": "Case system", "contact": "it@tax.example", "scopes": "case.status"}
    return plain | {"jwks": jwks, "jwks_uri": ""} | changed


def registered(actor: User, environment: str = "test", agency: str = "tax", **changed: str) -> AgencyClient:
    """A registered client with keys."""
    now = timezone.now()
    client, _ = registering.register_client(
        actor=actor, agency=agency, environment=environment, asked=asked(**changed), now=now
    )
    return client


def approved(actor: User, second: User, agency: str = "tax") -> AgencyClient:
    """A client of production that two people agreed on."""
    client = registered(actor, "production", agency)
    request = client.open_request()
    assert request is not None
    deciding.approve(request=request, actor=second, now=timezone.now())
    return AgencyClient.objects.select_related("application").get(pk=client.pk)


def assertion(client: AgencyClient, key: ECKey = KEY, kid: str = "", **changed: Any) -> str:
    """A signed assertion of the client's."""
    now, name = int(time.time()), client.application.client_id
    claims = {"iss": name, "sub": name, "aud": "http://127.0.0.1:8000", "jti": str(uuid.uuid4())}
    claims |= {"iat": now, "exp": now + 60} | changed
    return jwt.encode({"alg": "ES256", "kid": kid or key.kid}, claims, key)


def call(browser: Client, signed: str, scope: str = "case.status") -> Any:
    """The token endpoint's answer."""
    form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": TYPE}
    return browser.post("/oauth/token", form | {"client_assertion": signed})
