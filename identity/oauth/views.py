"""The token endpoint, the same view in both roles; the role's server class decides what it grants."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from oauth2_provider.views.mixins import OAuthLibMixin

from identity.oauth import parameters

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class TokenView(OAuthLibMixin, View):  # type: ignore[misc]
    """POST a form-encoded token request (RFC 6749 section 3.2), receive JSON."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with a token, or with an error of RFC 6749 section 5.2."""
        fault = parameters.fault(request)
        if fault:
            refusal = {"error": "invalid_request", "error_description": fault}
            return JsonResponse(refusal, status=400, headers=NO_STORE)
        _, headers, body, status = self.create_token_response(request)
        headers = NO_STORE | headers
        if status == 401:  # the client failed, not a bearer token: RFC 6749 asks for the scheme it may use
            headers |= {"WWW-Authenticate": 'Basic realm="onestop"'}
        return HttpResponse(body, status=status, headers={"Content-Type": "application/json"} | headers)
