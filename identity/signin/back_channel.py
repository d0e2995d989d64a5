"""The e-ID says that a person signed out there (OpenID Connect Back-Channel Logout 1.0, section 2.6).

What the token names ends here at once, in every browser it concerns. A token is taken once.
"""

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from joserfc import jws, jwt
from joserfc.errors import JoseError

from identity import sign_ins
from identity.models import IdentityProvider, SignIn, UsedLogoutToken
from identity.oauth import parameters
from identity.signin import discovery, providers
from identity.signin.claims import LEEWAY
from identity.signin.errors import AnswerRefused, ProviderSilent

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST = 300  # seconds
log = logging.getLogger(__name__)


class LogoutTokenRefused(Exception):
    """The token does not end anything. Final; the e-ID is told `invalid_request` with this reason."""


@csrf_exempt  # the e-ID's server calls, without cookies; the token is the proof
@never_cache
@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """End the sign-ins a logout token names; 200, or 400 with the reason (section 2.8)."""
    token = request.POST.get("logout_token", "")
    try:
        if parameters.fault(request) or not token:
            raise LogoutTokenRefused("there is no usable logout_token")
        provider = _provider_of(token)
        claims = check(token, provider, time.time())
        _use_up(provider.issuer, claims)
    except LogoutTokenRefused as refused:
        log.warning("a logout token was refused: %s", refused)
        return JsonResponse({"error": "invalid_request", "error_description": str(refused)}, status=400)
    except ProviderSilent as error:
        log.warning("a logout token cannot be checked: %s", error)
        answer = {"error": "temporarily_unavailable", "error_description": "the keys cannot be read"}
        return JsonResponse(answer, status=503, headers={"Retry-After": "30"})
    found = SignIn.objects.living().filter(issuer=provider.issuer)
    named = found.filter(sid=claims["sid"]) if "sid" in claims else found.filter(subject=claims["sub"])
    if "sid" in claims and "sub" in claims:
        named = named.filter(subject=claims["sub"])
    ended = sign_ins.end(list(named), timezone.now())
    log.info("%s sign-ins ended by the e-ID", ended)
    return JsonResponse({"ended": ended})


def _provider_of(token: str) -> IdentityProvider:
    """The e-ID that the token says it comes from; whether it does is for :func:`check` to say."""
    try:
        issuer = json.loads(jws.extract_compact(token.encode()).payload)["iss"]
        return providers.by_issuer(issuer if isinstance(issuer, str) else "")
    except (JoseError, ValueError, UnicodeError, KeyError, TypeError) as error:
        raise LogoutTokenRefused("the signature does not hold") from error
    except AnswerRefused as error:
        raise LogoutTokenRefused("iss is another issuer") from error


def check(token: str, provider: IdentityProvider, now: float) -> dict[str, Any]:
    """Return the claims of a token that keeps every rule; raises LogoutTokenRefused, ProviderSilent."""
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
        keys = discovery.of(provider.issuer).keys(kid if isinstance(kid, str) else None)
        opened = jwt.decode(token, keys, algorithms=provider.algorithms.split())
    except (JoseError, ValueError, UnicodeError) as error:
        raise LogoutTokenRefused("the signature does not hold") from error
    claims = dict(opened.claims)
    if opened.header.get("typ", "logout+jwt") not in {"logout+jwt", "application/logout+jwt"}:
        raise LogoutTokenRefused("typ is not logout+jwt")
    audience = claims.get("aud")
    if claims.get("iss") != provider.issuer:
        raise LogoutTokenRefused("iss is another issuer")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise LogoutTokenRefused("aud is another client")
    _check_content(claims)
    _check_time(claims, now)
    return claims


def _check_content(claims: dict[str, Any]) -> None:
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise LogoutTokenRefused("events does not say that somebody signed out")
    if "nonce" in claims:
        raise LogoutTokenRefused("nonce must not be there: this is an ID token")
    named = [claims[name] for name in ("sid", "sub") if name in claims]
    if not named or not all(isinstance(one, str) and 0 < len(one) <= 255 for one in named):
        raise LogoutTokenRefused("neither sid nor sub says whose session ended")
    number = claims.get("jti")
    if not isinstance(number, str) or not 0 < len(number) <= 255 or "\x00" in number:
        raise LogoutTokenRefused("jti is missing")


def _check_time(claims: dict[str, Any], now: float) -> None:
    for name in ("iat", "exp"):
        if isinstance(claims.get(name), bool) or not isinstance(claims.get(name), int | float):
            raise LogoutTokenRefused(f"{name} is missing")
    if claims["exp"] <= now - LEEWAY or claims["exp"] > now + 86400:
        raise LogoutTokenRefused("exp has passed, or is far away")
    if not now - OLDEST <= claims["iat"] <= now + LEEWAY:
        raise LogoutTokenRefused("iat is not now")


def _use_up(issuer: str, claims: dict[str, Any]) -> None:
    ends = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY)
    UsedLogoutToken.objects.filter(expires_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            UsedLogoutToken.objects.create(issuer=issuer, jti=claims["jti"], expires_at=ends)
    except IntegrityError as error:
        raise LogoutTokenRefused("the token was used before") from error


def address() -> str:
    """Where the e-ID calls, as registered there."""
    return f"{settings.PORTAL_URL}/sign-in/back-channel-logout"
