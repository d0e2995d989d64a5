"""Whether a token inside what an e-ID says may be believed: signed by itself, for us, about the same person.

Every rule is named as for ID tokens (:mod:`identity.signin.claims`), with ``signed-`` before it. GOV.UK One
Login sends a proven identity so; any e-ID may.
"""

from collections.abc import Mapping
from typing import Any

from identity.models import IdentityProvider, SignedClaim
from identity.models.e_ids import SIGNED, claim_at
from identity.signin import claims, key_sets
from identity.signin.claims import LEEWAY
from identity.signin.errors import TokenForged


def of(provider: IdentityProvider) -> SignedClaim | None:
    """Return what the provider's row says of its signed claim; None for a provider that has none."""
    return SignedClaim.objects.filter(provider=provider).first()


def wish(row: SignedClaim | None) -> dict[str, Any]:
    """Return what to ask for in the ``claims`` parameter (OpenID Connect Core 5.5): the claim in userinfo."""
    return {"userinfo": {row.path: None}} if row and not row.path.startswith("/") else {}


def read(row: SignedClaim, said: Mapping[str, Any], subject: str, now: float) -> dict[str, Any]:
    """Return the content of the token, which paths reach by ``signed:``; nothing where it may be absent.

    That is only where the level is read from it, since nothing is then proven by its absence. Raises
    TokenForged, and ProviderSilent where its keys cannot be read.
    """
    token = claim_at(said, row.path)
    if token is None:
        if SIGNED in row.provider.level_path:
            return {}
        raise TokenForged("signed-missing", row.path)
    if not isinstance(token, str):
        raise TokenForged("signed-malformed")
    try:
        keys = key_sets.at(row.keys_url, claims.key_id(token))
        _, content = claims.opened(token, keys, tuple(row.algorithms.split()))
    except TokenForged as error:
        raise TokenForged(f"signed-{error.code}", str(error)) from error
    _who(content, row, subject)
    _when(content, now)
    for name, wanted in row.must_say.items():
        if content.get(name) != wanted:
            raise TokenForged("signed-said", f"{name} is {content.get(name)!r}"[:200])
    return content


def _who(content: Mapping[str, Any], row: SignedClaim, subject: str) -> None:
    if content.get("iss") != row.issuer:
        raise TokenForged("signed-iss")
    audience = content.get("aud")
    if row.provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise TokenForged("signed-aud")
    if content.get("sub") != subject:
        raise TokenForged("signed-sub")


def _when(content: dict[str, Any], now: float) -> None:
    if claims.seconds(content, "exp", "signed-exp") <= now - LEEWAY:
        raise TokenForged("signed-exp")
    for name in ("nbf", "iat"):
        if name in content and claims.seconds(content, name, f"signed-{name}") > now + LEEWAY:
            raise TokenForged(f"signed-{name}")
