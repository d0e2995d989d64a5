"""What is issued at the token endpoint: ID tokens signed, access and refresh tokens kept as digests."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import set_token_value
from oauth2_provider.settings import oauth2_settings

from identity.models import AccessToken, IDToken, RefreshToken
from identity.oauth.core import key_of
from identity.provider import keys, subjects


def id_token(claims: dict[str, Any], request: Any) -> str:
    """Add what is known of the sign-in and sign. Personal data is only given at the userinfo endpoint:

    an ID token travels through the browser again as the hint for signing out. Refreshed or not, it tells of
    the same sign-in (OpenID Connect Core 12.2, A30).
    """
    session = request.eid_session
    record = IDToken(user=request.user, application=request.client, session=session, jti=uuid.uuid4())
    record.scope = " ".join(request.scopes)
    record.expires = timezone.now() + timedelta(seconds=oauth2_settings.ID_TOKEN_EXPIRE_SECONDS)
    record.save()
    request.id_token = record
    whole = claims | {
        "iss": settings.EID_URL,
        "sub": subjects.of(request.user, request.client),
        "exp": int(record.expires.timestamp()),
        "auth_time": int(session.authenticated_at.timestamp()),
        "acr": session.acr,
        "amr": session.amr.split(),
        "sid": str(session.sid),
        "jti": str(record.jti),
    }
    return keys.sign(whole, request.client.algorithm or keys.DEFAULT)


def keep(token: dict[str, Any], request: Any) -> None:
    """Store the digests of an access token and of the refresh token that comes with it, if any."""
    access = AccessToken(
        user=request.user,
        session=getattr(request, "eid_session", None),
        application=request.client,
        id_token=getattr(request, "id_token", None),
        scope=token["scope"],
        expires=timezone.now() + timedelta(seconds=token["expires_in"]),
        dpop_jkt=key_of(request),
    )
    set_token_value(access, token["access_token"])
    access.save()
    if "refresh_token" in token:
        _keep_refresh(token["refresh_token"], access, getattr(request, "refresh_token_instance", None))


def _keep_refresh(raw: str, access: AccessToken, before: RefreshToken | None) -> None:
    """The next of its family, or the first: the whole family ends with the first one's day (A19)."""
    longest = timedelta(seconds=oauth2_settings.REFRESH_TOKEN_EXPIRE_SECONDS)
    refresh = RefreshToken(
        user=access.user,
        application=access.application,
        access_token=access,
        session=access.session,
        scope=before.scope if before else access.scope,
        dpop_jkt=before.dpop_jkt if before else access.dpop_jkt,
        token_family=before.token_family if before else uuid.uuid4(),
        expires=before.expires if before else timezone.now() + longest,
    )
    set_token_value(refresh, raw)
    refresh.save()
