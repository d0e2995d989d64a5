"""What the systems of agencies read about the portal's token endpoint (RFC 8414)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from identity.oauth import addresses, assertions, dpop

# Everything an agency's system may be allowed to do; which of them it may is on its client.
SCOPES = {"case.status": "Report the status of a case the portal sent"}


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """Say what is true of the token endpoint, and nothing more."""
    document = {
        "issuer": addresses.issuer(),
        "token_endpoint": addresses.at("token"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "revocation_endpoint": addresses.at("revoke"),
        **assertions.methods("token", "revocation", public=False),
        "dpop_signing_alg_values_supported": dpop.ALGORITHMS,
        "scopes_supported": sorted(SCOPES),
    }
    return JsonResponse(document)
