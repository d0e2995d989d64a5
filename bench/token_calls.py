"""One token endpoint in a process of its own, called through Django without a socket; CPU seconds a call.

``python -m bench.token_calls stock|eid|portal FOLDER``: then a line ``code N``, ``client N`` or ``sign N``
is answered by a line with the median. ``stock`` is django-oauth-toolkit as its tutorial has it.
"""

import base64
import hashlib
import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

BACK = "https://client.example/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
Calls = dict[str, Callable[[], float]]


def stock(folder: str) -> Calls:
    """django-oauth-toolkit alone."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.stock_urls",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/stock.sqlite3"}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem,
            "SCOPES": {"openid": "", "read": ""},
        },
    )
    _set_up()
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from oauth2_provider.models import Application, Grant

    user = get_user_model().objects.create_user("maria")

    def client(name: str, grant: str) -> Any:
        return Application.objects.create(
            client_id=name,
            client_secret="s" * 43,
            client_type="confidential",
            authorization_grant_type=grant,
            redirect_uris=BACK,
            algorithm="RS256",
        )

    portal = client("portal", "authorization-code")
    client("npr", "client-credentials")

    def code() -> float:
        raw = uuid.uuid4().hex
        Grant.objects.create(
            application=portal,
            user=user,
            code=raw,
            expires=timezone.now() + timedelta(seconds=60),
            redirect_uri=BACK,
            scope="openid",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            nonce="n",
        )
        return _post("/token/", _redeeming(raw))

    form = {
        "grant_type": "client_credentials",
        "client_id": "npr",
        "client_secret": "s" * 43,
        "scope": "read",
    }
    return {"code": code, "client": lambda: _post("/token/", form)}


def eid(folder: str) -> Calls:
    """Our e-ID: a code with a refresh token, and one bare ES256 signature for comparison."""
    _ours(folder, "eid")
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from django.utils import timezone

    from identity import levels
    from identity.models import Application, Grant, Session, User
    from identity.oauth.digests import digest

    user = User.objects.create_user()
    session = Session.objects.create(user=user, acr=levels.HIGH, amr="user")
    portal = Application(
        client_id="portal",
        client_type="confidential",
        authorization_grant_type="authorization-code",
        grant_types="refresh_token",
        redirect_uris=BACK,
        allowed_scopes="openid",
        algorithm="ES256",
    )
    portal.set_secret("s" * 43)
    portal.save()

    def code() -> float:
        raw = uuid.uuid4().hex
        Grant.objects.create(
            application=portal,
            user=user,
            session=session,
            code=digest(raw),
            expires=timezone.now() + timedelta(seconds=60),
            redirect_uri=BACK,
            scope="openid",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            nonce="n",
        )
        return _post("/token", _redeeming(raw))

    key, algorithm = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(SHA256())

    def sign() -> float:
        started = time.process_time()
        for _ in range(100):
            key.sign(b"x" * 400, algorithm)
        return (time.process_time() - started) / 100

    return {"code": code, "sign": sign}


def portal(folder: str) -> Calls:
    """The portal's token endpoint, called with a signed assertion."""
    _ours(folder, "portal")
    from joserfc import jwt
    from joserfc.jwk import ECKey

    from identity.models import Application
    from identity.oauth import addresses, assertions

    key = ECKey.generate_key("P-256", auto_kid=True)
    Application.objects.create(
        client_id="npr",
        client_type="confidential",
        authorization_grant_type="client-credentials",
        allowed_scopes="case.status",
        token_endpoint_auth_method="private_key_jwt",
        client_jwks=json.dumps({"keys": [key.as_dict(private=False)]}),
    )

    def client() -> float:
        now = int(time.time())
        claims = {"iss": "npr", "sub": "npr", "aud": addresses.issuer(), "iat": now, "exp": now + 60}
        claims["jti"] = str(uuid.uuid4())
        signed = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])
        form = {"grant_type": "client_credentials", "client_assertion_type": assertions.TYPE}
        return _post("/oauth/token", form | {"client_assertion": signed})

    return {"client": client}


def _ours(folder: str, role: str) -> None:
    name = "ONESTOP_DATABASE_URL" if role == "portal" else "ONESTOP_EID_DATABASE_URL"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "onestop.settings",
        "ONESTOP_ROLE": role,
        "ONESTOP_DATA_DIR": folder,
        name: f"sqlite:///{folder}/{role}.sqlite3",
        "ONESTOP_CLIENT_CALLS": "1000000",
        "ONESTOP_LOG_LEVEL": "ERROR",
    }
    _set_up()


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _redeeming(code: str) -> dict[str, str]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return form | {"client_id": "portal", "client_secret": "s" * 43}


def _post(path: str, form: dict[str, str]) -> float:
    """CPU seconds of one call from the request to the answer."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    started = time.process_time()
    answer = client.post(path, form)
    taken = time.process_time() - started
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}: {answer.content!r}")
    return taken


def main(kind: str, folder: str) -> None:
    """Answer until the lines end."""
    calls = {"stock": stock, "eid": eid, "portal": portal}[kind](folder)
    for line in sys.stdin:
        name, count = line.split()
        print(statistics.median(calls[name]() for _ in range(int(count))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
