"""JSON Web Key Sets (RFC 7517) that somebody else gave us to verify with: public keys and nothing else."""

import json

from joserfc.errors import JoseError
from joserfc.jwk import KeySet


def public_keys(text: str) -> KeySet:
    """Read a key set of public keys; raises ValueError with a reason for people."""
    try:
        keys = KeySet.import_key_set(json.loads(text))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("this is not a JSON Web Key Set with at least one key") from error
    for key in keys.keys:
        if key.key_type == "oct":
            raise ValueError("the key set holds a shared secret, which is no public key")
        if key.is_private:
            raise ValueError("the key set holds a private key; give us the public half only")
    return keys
