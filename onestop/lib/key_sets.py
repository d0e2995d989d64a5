"""JSON Web Key Sets (RFC 7517) that somebody else gave us to verify with: public keys and nothing else."""

import json
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet


def public_keys(text: str, *, at: datetime | None = None) -> KeySet:
    """Read a key set of public keys; raises ValueError with a reason for people.

    With ``at`` a key whose ``exp`` (seconds since 1970) has come is left out.
    """
    try:
        document = json.loads(text)
        if at is not None:
            document = {"keys": [one for one in document["keys"] if not is_over(one, at)]}
        keys = KeySet.import_key_set(document)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("this is not a JSON Web Key Set with at least one key") from error
    for key in keys.keys:
        if key.key_type == "oct":
            raise ValueError("the key set holds a shared secret, which is no public key")
        if key.is_private:
            raise ValueError("the key set holds a private key; give us the public half only")
    return keys


def is_over(key: dict[str, Any], at: datetime) -> bool:
    """Whether a key's ``exp`` has come; a key without one does not end."""
    return "exp" in key and key["exp"] <= at.timestamp()
