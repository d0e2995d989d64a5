"""What a token is worth, told to the resource it is meant for (RFC 7662).

A resource is told of tokens that were given to itself or to a client of the same agency (A33). Everybody
else's are `{"active": false}`, as unknown ones are.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from identity.models import AccessToken, Application, RefreshToken
from identity.oauth import addresses, bearer, refreshing
from identity.oauth.digests import digest
from identity.oauth.views import ClientView, refusal
from identity.provider import subjects

INACTIVE = {"active": False}


def describe(raw: str, client: Application) -> dict[str, Any]:
    """Return what ``client`` may know of a token, as section 2.2 has it."""
    token = _find(raw)
    if token is None or not _is_meant_for(token, client):
        return INACTIVE
    if isinstance(token, AccessToken):
        if not bearer.is_alive(token):
            return INACTIVE
        kind = {"token_type": bearer.BOUND if token.dpop_jkt else bearer.BEARER}
    else:
        if not refreshing.is_alive(token, timezone.now()):
            return INACTIVE
        kind = {}
    return _whole(token, client) | kind


def _find(raw: str) -> AccessToken | RefreshToken | None:
    for model in (AccessToken, RefreshToken):
        found = model.objects.select_related("application", "user", "session")
        token: AccessToken | RefreshToken | None = found.filter(token_checksum=digest(raw)).first()
        if token is not None:
            return token
    return None


def _is_meant_for(token: AccessToken | RefreshToken, client: Application) -> bool:
    owner = token.application
    if owner is None:
        return False
    return owner == client or (bool(client.agency) and owner.agency == client.agency)


def _whole(token: AccessToken | RefreshToken, client: Application) -> dict[str, Any]:
    said = {
        "active": True,
        "iss": addresses.issuer(),
        "client_id": token.application.client_id,
        "scope": token.scope,
        "exp": int(token.expires.timestamp()),
        "iat": int(token.created.timestamp()),
    }
    if token.user is not None:
        said["sub"] = subjects.of(token.user, client)
    if token.session is not None:
        said["acr"] = token.session.acr
        said["auth_time"] = int(token.session.authenticated_at.timestamp())
    if token.dpop_jkt:
        said["cnf"] = {"jkt": token.dpop_jkt}
    return said


class IntrospectView(ClientView):
    """The introspection endpoint, for clients that can keep a secret (A34)."""

    def answer(self, request: HttpRequest, client: Application) -> HttpResponse:
        """Describe a token, or say that it is not active."""
        if client.client_type != Application.CLIENT_CONFIDENTIAL:
            return self.challenged(refusal("invalid_client", "Public clients cannot introspect.", 401))
        raw = request.POST.get("token", "")
        if not raw:
            return refusal("invalid_request", "The parameter token is missing.")
        return JsonResponse(describe(raw, client))
