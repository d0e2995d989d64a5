"""What clients read: discovery, public keys, and the person's attributes. Discovery says what is true."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from identity import levels
from identity.models.clients import DEVICE_CODE
from identity.oauth import addresses, assertions, bearer, dpop
from identity.provider import claims, keys


@require_safe
def discovery(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0 section 3, from the settings and never from the Host header (A134)."""
    document = {
        "issuer": settings.EID_URL,
        "authorization_endpoint": addresses.at("authorize"),
        "token_endpoint": addresses.at("token"),
        "userinfo_endpoint": addresses.at("userinfo"),
        "jwks_uri": addresses.at("jwks"),
        "pushed_authorization_request_endpoint": addresses.at("par"),
        "device_authorization_endpoint": addresses.at("device-authorization"),
        "introspection_endpoint": addresses.at("introspect"),
        "revocation_endpoint": addresses.at("revoke"),
        "end_session_endpoint": addresses.at("end-session"),
        "scopes_supported": sorted(claims.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": list(keys.ALGORITHMS),
        **assertions.methods("token", "revocation", public=True),
        **assertions.methods("introspection", public=False),
        "dpop_signing_alg_values_supported": dpop.ALGORITHMS,
        "require_pushed_authorization_requests": False,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(levels.ORDER),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": claims.supported(),
        "claims_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }
    return JsonResponse(document, headers={"Cache-Control": "public, max-age=300"})


@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys (RFC 7517)."""
    return JsonResponse(keys.public_keys(), headers={"Cache-Control": "public, max-age=300"})


@csrf_exempt  # bearer tokens, no cookies
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """The person's attributes, as the scopes of the access token allow (OpenID Connect Core 5.3)."""
    try:
        token = bearer.read(request)
    except bearer.TokenRefused as refused:
        return refused.response()
    if token.user is None or "openid" not in token.scope.split():
        return bearer.TokenRefused(403, "insufficient_scope", "The scope openid is needed.").response()
    answer = claims.of(token.user, token.scope.split(), token.application)
    response = JsonResponse(answer, headers={"Cache-Control": "no-store"})
    dpop.offer_nonce(request, response, timezone.now())
    return response
