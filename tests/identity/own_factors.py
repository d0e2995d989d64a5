"""A person with factors of their own, and the steps of signing in with them, shared by tests of the e-ID."""

import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from identity import levels
from identity.models import AuthenticatorApp, EIDAccount
from identity.provider.factors.app import STEP_SECONDS

NUMBER, PASSWORD = "19850312T4240", "harbour lantern walnut"
SECRET = b"k" * 20
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def code(offset: int = 0, secret: bytes = SECRET) -> str:
    """What the app shows now, or some steps away."""
    moment = int(time.time()) + offset * STEP_SECONDS
    return TOTP(secret, 6, SHA1(), STEP_SECONDS, enforce_key_length=True).generate(moment).decode()


@pytest.fixture
def person(maria: EIDAccount, settings: Any) -> EIDAccount:
    """Maria with a password and an authenticator app added at the level substantial."""
    settings.PASSWORD_HASHERS = FAST
    maria.user.identifier = NUMBER
    maria.user.email = "maria@example.org"
    maria.user.set_password(PASSWORD)
    maria.user.save()
    app = AuthenticatorApp(user=maria.user, name="phone", bound_level=levels.HIGH)
    app.secret = SECRET
    app.save()
    return maria


def give(client: Client, target: str, *, name: str = NUMBER, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/login/password", {"next": target, "name": name, "password": password}, **extra)
