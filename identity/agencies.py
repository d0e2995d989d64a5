"""What the systems of agencies read about the portal's token endpoint (RFC 8414)."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from identity.oauth import assertions

# Everything an agency's system may be allowed to do; which of them it may is on its client.
SCOPES = {"case.status": "Report the status of a case the portal sent"}


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """Say what is true of the token endpoint, and nothing more."""
    document = {
        "issuer": settings.PORTAL_URL,
        "token_endpoint": f"{settings.PORTAL_URL}{reverse('identity:token')}",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": [
            *("client_secret_basic", "client_secret_post", "private_key_jwt"),
        ],
        "token_endpoint_auth_signing_alg_values_supported": assertions.ALGORITHMS,
        "scopes_supported": sorted(SCOPES),
    }
    return JsonResponse(document)
