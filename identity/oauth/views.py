"""Endpoints that clients call, in both roles: throttled, checked for garbage, never cached, without cookies.

The role's server class decides what the token endpoint grants.
"""

import json
import logging
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from oauth2_provider.views.mixins import OAuthLibMixin

from identity.models import Application
from identity.oauth import clients, core, dpop, parameters
from identity.oauth.throttle import Throttle
from onestop.lib import remote

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
GUESSES = {"invalid_client", "invalid_grant", "invalid_dpop_proof"}
log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def throttle() -> Throttle:
    """The limits, with what this process remembers of refusals."""
    return Throttle("client", settings.ONESTOP_CLIENT_CALLS, settings.ONESTOP_CLIENT_FAILURES)


def refusal(error: str, why: str, status: int = 400) -> JsonResponse:
    """Return an error as RFC 6749 section 5.2 has it."""
    said = {"error": error, "error_description": why} if why else {"error": error}
    return JsonResponse(said, status=status, headers=NO_STORE)


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class EndpointView(OAuthLibMixin, View):  # type: ignore[misc]
    """POST a form, receive JSON. A client that calls too often, or fails too often, waits (A138)."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse what is too often or malformed before anything looks at it."""
        key = f"{remote.network(request)} {clients.named(request)}"
        wait = throttle().admit(key)
        if wait:
            log.warning("a client calls too often: %s", key)
            refused = refusal("temporarily_unavailable", "Too many calls or failures; wait.", 429)
            refused["Retry-After"] = str(wait)
            return refused
        fault = parameters.fault(request)
        if fault:
            return refusal("invalid_request", fault)
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, HttpResponse):
            dpop.offer_nonce(request, response, timezone.now())
            if response.status_code >= 400 and _is_guess(response):
                throttle().failed(key)
        return response

    def challenged(self, response: HttpResponse) -> HttpResponse:
        """Complete a 401: a client failed, not a bearer token; it is told the scheme it may use (A45)."""
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Basic realm="onestop"'
        return response


class TokenView(EndpointView):
    """The token endpoint (RFC 6749 section 3.2), with or without a proof of a key (RFC 9449)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with a token, or with an error. What one request changes is changed as a whole."""
        with transaction.atomic():
            try:
                core.bind(request, dpop.thumbprint(request, timezone.now()))
            except dpop.ProofRefused as refused:
                return refusal(refused.error, str(refused))
            _, headers, body, status = self.create_token_response(request)
        answer = HttpResponse(body, status=status, headers={"Content-Type": "application/json", **NO_STORE})
        for name, value in headers.items():
            answer[name] = value
        return self.challenged(answer)


class ClientView(EndpointView):
    """An endpoint that only answers a client which has proved itself as at the token endpoint."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Authenticate the client and answer it."""
        try:
            client = clients.authenticate(self.get_oauthlib_core(), request)
        except clients.ClientRefused as refused:
            return self.challenged(refusal("invalid_client", str(refused), 401))
        response = self.answer(request, client)
        for name, value in NO_STORE.items():
            response[name] = value
        return response

    def answer(self, request: HttpRequest, client: Application) -> HttpResponse:
        """Answer a client that is who it says."""
        raise NotImplementedError


def _is_guess(response: HttpResponse) -> bool:
    try:
        return json.loads(response.content)["error"] in GUESSES
    except (ValueError, KeyError, TypeError):
        return False
