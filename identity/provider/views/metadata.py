"""What clients read: discovery, public keys, and the person's attributes. Discovery says what is true."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from identity import levels
from identity.oauth import assertions, bearer
from identity.provider import claims, keys


@require_safe
def discovery(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0 section 3, from the settings and never from the Host header (A134)."""
    document = {
        "issuer": settings.EID_URL,
        "authorization_endpoint": _at("authorize"),
        "token_endpoint": _at("token"),
        "userinfo_endpoint": _at("userinfo"),
        "jwks_uri": _at("jwks"),
        "end_session_endpoint": _at("end-session"),
        "scopes_supported": sorted(claims.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": list(keys.ALGORITHMS),
        "token_endpoint_auth_methods_supported": [
            *("client_secret_basic", "client_secret_post", "private_key_jwt"),
        ],
        "token_endpoint_auth_signing_alg_values_supported": assertions.ALGORITHMS,
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
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _at(name: str) -> str:
    return f"{settings.EID_URL}{reverse(name)}"
