"""The provider's signing key (ES256): made at the first start, kept in a file, loaded once a process."""

import json
import os
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"


class BadHint(Exception):
    """A token that should have been signed by us was not. Final."""


def key_path() -> Path:
    """Return where the private key lies."""
    return Path(settings.DATA_DIR) / "eid-signing-key.json"


def ensure_key() -> Path:
    """Make the key if there is none. Two processes starting at once end up with the same one."""
    path = key_path()
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", private=True, auto_kid=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:  # mode 0600
        json.dump(key.as_dict(private=True), draft)
    try:
        os.link(draft.name, path)
    except FileExistsError:
        pass  # the other process was first: its key is the key
    finally:
        os.unlink(draft.name)
    return path


@lru_cache(maxsize=1)
def signing_key() -> ECKey:
    """Return the private key; reading it costs more than a signature, so it is read once."""
    return ECKey.import_key(json.loads(ensure_key().read_text()))


def public_keys() -> dict[str, Any]:
    """Return the JSON Web Key Set clients verify with."""
    public = signing_key().as_dict(private=False)
    return {"keys": [public | {"use": "sig", "alg": ALGORITHM}]}


def sign(claims: dict[str, Any]) -> str:
    """Return the claims as a compact JWS."""
    key = signing_key()
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


def read_hint(token: str) -> dict[str, Any]:
    """Return the claims of an ID token of ours, however old; raises :class:`BadHint`."""
    try:
        claims = jwt.decode(token, signing_key(), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError) as error:
        raise BadHint("not one of our tokens") from error
    if claims.get("iss") != settings.EID_URL:
        raise BadHint("another issuer")
    return claims
