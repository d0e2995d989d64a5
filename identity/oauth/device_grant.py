"""The grant by which a device polls for its token (RFC 8628 section 3.4).

oauthlib's own creates the token twice and never looks at the device code.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from oauthlib.oauth2.rfc8628.errors import (
    AccessDenied,
    AuthorizationPendingError,
    ExpiredTokenError,
    SlowDownError,
)
from oauthlib.openid.connect.core.grant_types.base import GrantTypeBase as OpenIDGrantType

from identity.models import DeviceGrant
from identity.oauth.digests import digest

SLOWER = 5  # seconds added to the interval of a device that polls too fast


class _Polling(GrantTypeBase):  # type: ignore[misc]
    """Authenticate, look, claim, issue."""

    def create_token_response(self, request: Any, token_handler: Any) -> tuple[dict[str, str], str, int]:
        headers: dict[str, str] = self._get_default_headers()
        try:
            self._authenticate(request)
            self.validate_grant_type(request)
            _claim(request, timezone.now())
        except errors.OAuth2Error as error:
            return headers | error.headers, error.json, error.status_code
        token = token_handler.create_token(request, refresh_token=True)
        for modifier in self._token_modifiers:
            token = modifier(token, token_handler, request)
        self.request_validator.save_token(token, request)
        return headers, json.dumps(token), 200

    def _authenticate(self, request: Any) -> None:
        if self.request_validator.client_authentication_required(request):
            proved = self.request_validator.authenticate_client(request)
        else:
            proved = self.request_validator.authenticate_client_id(request.client_id, request)
        if not proved:
            raise errors.InvalidClientError(request=request)
        request.client_id = request.client.client_id


class DeviceGrantType(OpenIDGrantType):  # type: ignore[misc]
    """The OpenID Connect layer over the polling."""

    def __init__(self, request_validator: Any) -> None:
        self.proxy_target = _Polling(request_validator=request_validator)
        self.register_token_modifier(self.add_id_token)


def _claim(request: Any, now: datetime) -> None:
    """Put what the person allowed on the request and use the device code up, or say what to wait for."""
    code = getattr(request, "device_code", None)
    if not code:
        raise errors.InvalidRequestError(description="Missing device_code parameter.", request=request)
    found = DeviceGrant.objects.select_related("user", "session").filter(
        device_code=digest(code), client_id=request.client_id
    )
    grant = found.first()
    if grant is None:
        raise errors.InvalidGrantError(request=request)
    if grant.expires <= now:
        raise ExpiredTokenError(request=request)
    if grant.status == DeviceGrant.DENIED:
        raise AccessDenied(request=request)
    if grant.status != DeviceGrant.AUTHORIZED:
        _wait(grant, request, now)
    alive = grant.user is not None and grant.user.is_active
    if not alive or grant.session is None or grant.session.ended_at is not None:
        raise errors.InvalidGrantError(request=request)
    if found.delete()[0] != 1:  # another poll was faster
        raise errors.InvalidGrantError(request=request)
    request.user, request.eid_session = grant.user, grant.session
    request.scopes = [one for one in grant.scope.split() if one in request.client.scopes()]


def _wait(grant: DeviceGrant, request: Any, now: datetime) -> None:
    too_fast = grant.last_checked and now - grant.last_checked < timedelta(seconds=grant.interval)
    grant.last_checked = now
    grant.interval += SLOWER if too_fast else 0
    grant.save(update_fields=["last_checked", "interval"])
    raise SlowDownError(request=request) if too_fast else AuthorizationPendingError(request=request)
