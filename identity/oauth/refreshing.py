"""Refresh tokens: used once, for one client, until one day, while the sign-in lasts (RFC 9700 section 4.14).

A token shown a second time was stolen, from the client or by it; nobody can tell who of the two holders is
honest, so the whole family ends.
"""

from datetime import datetime

from identity.models import AccessToken, Application, RefreshToken
from identity.oauth.digests import digest


def find(raw: str, client: Application) -> RefreshToken | None:
    """Return the client's refresh token, used or not."""
    return (
        RefreshToken.objects.select_related("user", "session")
        .filter(token_checksum=digest(raw), application=client)
        .first()
    )


def is_usable(token: RefreshToken, jkt: str, now: datetime) -> bool:
    """Whether the holder of key ``jkt`` may refresh with a token; a used one ends its family (A18)."""
    if token.revoked is not None:
        RefreshToken.revoke_family(token.token_family)
        return False
    if not is_alive(token, now):
        return False
    if not token.dpop_jkt:
        return True
    # A confidential client proves itself and may change its key; a public one is known by its key alone.
    is_public = token.application.client_type == Application.CLIENT_PUBLIC
    return jkt == token.dpop_jkt if is_public else bool(jkt)


def is_alive(token: RefreshToken, now: datetime) -> bool:
    """Whether a token, its client, its person and its session all still are."""
    if token.revoked is not None or token.expires <= now or not token.application.is_active:
        return False
    return token.user.is_active and token.session is not None and token.session.ended_at is None


def claim(token: RefreshToken, now: datetime) -> bool:
    """Use a token up; False, and the end of its family, where somebody else was faster.

    The statement locks the row until the new tokens are kept, so a replay that waits for it ends them too.
    """
    if RefreshToken.objects.filter(pk=token.pk, revoked=None).update(revoked=now) != 1:
        RefreshToken.revoke_family(token.token_family)
        return False
    AccessToken.objects.filter(refresh_token=token).delete()
    return True
