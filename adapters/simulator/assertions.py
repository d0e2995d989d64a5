"""What a played agency proves itself with at the portal, where it has a key there: private_key_jwt."""

import json

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from adapters.authentication.assertion import Assertion

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


def signing_key(text: str) -> ECKey | RSAKey:
    """A private key from PEM or a JWK, with its ``kid`` or else its thumbprint; raises ValueError."""
    material = json.loads(text) if text.lstrip().startswith("{") else text
    problems = []
    for kind in (ECKey, RSAKey):
        try:
            key: ECKey | RSAKey = kind.import_key(material)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            problems.append(str(error))
            continue
        if not key.is_private:
            raise ValueError("it is a public key; the private one signs")
        key.ensure_kid()
        return key
    raise ValueError(f"it is no EC or RSA key in PEM or as a JWK ({'; '.join(problems)})")


def proof(text: str, client: str, audience: str) -> dict[str, str]:
    """The fields that a token request is proved with."""
    key = signing_key(text)
    algorithm = "RS256" if isinstance(key, RSAKey) else CURVES[str(key.curve_name)]
    header = {"alg": algorithm, "typ": "JWT", "kid": str(key.kid)}
    written = Assertion(client, audience, header, key).write()
    return {"client_id": client, "client_assertion_type": TYPE, "client_assertion": written}
