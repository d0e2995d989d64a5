"""The authorization endpoint: validated by oauthlib, judged by our policy, answered with `iss` always."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.views.mixins import OAuthLibMixin

from identity.models import Application
from identity.oauth import parameters
from identity.provider import policy, pushed, sessions
from identity.provider.csp import allow_form_to
from identity.provider.policy import Verdict

ANSWERED = "answered_request"
_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
)


@method_decorator(never_cache, name="dispatch")
class AuthorizeView(OAuthLibMixin, View):  # type: ignore[misc]
    """OpenID Connect Core 3.1.2. GET asks; POST answers the consent page or gives up (`allow=no`)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Issue a code, send the person to sign in, ask for consent, or tell the client why not."""
        return self._answer(request, consented=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The request itself is read from the address again, so a form has nothing to tamper with (A44)."""
        return self._answer(request, consented=request.POST.get("allow") == "yes")

    def _answer(self, request: HttpRequest, *, consented: bool) -> HttpResponse:
        fault = parameters.fault(request)
        if not fault and not set(request.POST) <= {"allow", "csrfmiddlewaretoken"}:
            fault = "The form carries more than an answer."  # oauthlib would let it override the address
        if fault:
            return refusal(request, fault)
        try:
            self._resolve(request)
        except pushed.BadReference:
            return refusal(request, "The request_uri is unknown, was used before, or has expired.")
        try:
            scopes, credentials = self.validate_authorization_request(request)
        except FatalClientError as error:
            return refusal(request, error.oauthlib_error.description or error.oauthlib_error.error)
        except OAuthToolkitError as error:
            wrong = error.oauthlib_error
            if wrong.redirect_uri is None:  # raised without the request: nowhere to send it
                return refusal(request, wrong.description)
            return back(wrong.redirect_uri, error=wrong.error, state=wrong.state, why=wrong.description)
        credentials = {name: credentials.get(name) for name in _KEPT}
        if "openid" not in scopes:
            return _back(credentials, "invalid_scope", "The scope openid is needed.")
        if request.method == "POST" and not consented:
            return _back(credentials, "access_denied", "The person gave up.")
        return self._decide(request, scopes, credentials, consented)

    def _resolve(self, request: HttpRequest) -> None:
        """Put what the client pushed in the place of the reference to it (RFC 9126 section 4)."""
        self.asked, self.reference = request.get_full_path(), request.GET.get("request_uri", "")
        if "request_uri" not in request.GET:
            return
        client_id, now = request.GET.get("client_id", ""), timezone.now()
        self.reference = pushed.take(self.reference, client_id, now)
        request.GET = pushed.read(self.reference, client_id, now)  # type: ignore[assignment]
        self.asked = f"{request.path}?{urlencode({'client_id': client_id, 'request_uri': self.reference})}"

    def _decide(
        self, request: HttpRequest, scopes: list[str], credentials: dict[str, Any], consented: bool
    ) -> HttpResponse:
        try:
            wish = policy.read(request.GET)
        except policy.BadWish as error:
            return _back(credentials, error.error, str(error))
        client = Application.objects.get(client_id=credentials["client_id"])
        if client.require_pushed_authorization_requests and not self.reference:  # A39
            return _back(credentials, "invalid_request", "This client must push its requests.")
        session = sessions.current(request)
        verdict = policy.judge(
            wish,
            session,
            answered=request.session.get(ANSWERED, ""),
            consented=consented or (client.skip_authorization and "consent" not in wish.prompt),
            now=timezone.now(),
        )
        if verdict is not Verdict.ISSUE and wish.silent:
            return _back(credentials, verdict.value, "")
        if verdict is Verdict.CONSENT:
            page = {"client": client, "scopes": scopes, "action": self.asked}
            response = render(request, "identity/provider/consent.html", page)
            return allow_form_to(response, credentials["redirect_uri"])
        if verdict is not Verdict.ISSUE:
            return redirect(f"{reverse('login')}?{urlencode({'next': self.asked})}")
        if self.reference and not pushed.use_up(self.reference):
            return refusal(request, "The request was answered before.")
        request.session.pop(ANSWERED, None)
        return self._issue(request, scopes, credentials | {"eid_session": session})

    def _issue(self, request: HttpRequest, scopes: list[str], credentials: dict[str, Any]) -> HttpResponse:
        try:
            uri, *_ = self.create_authorization_response(request, " ".join(scopes), credentials, allow=True)
        except OAuthToolkitError as error:
            return _back(credentials, error.oauthlib_error.error, error.oauthlib_error.description)
        return HttpResponseRedirect(uri)


def _back(credentials: dict[str, Any], error: str, why: str) -> HttpResponseRedirect:
    return back(credentials["redirect_uri"], error=error, state=credentials["state"], why=why)


def back(redirect_uri: str, *, error: str, state: str | None, why: str) -> HttpResponseRedirect:
    """Send an error to the client's own address, with `state` and `iss` (RFC 9207, A31)."""
    answer = {"error": error, "error_description": why, "state": state or "", "iss": settings.EID_URL}
    said = urlencode({name: value for name, value in answer.items() if value})
    return HttpResponseRedirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{said}")


def refusal(request: HttpRequest, why: str) -> HttpResponse:
    """Tell the person, not the client: the client or its address is not known."""
    return render(request, "identity/provider/refused.html", {"why": why}, status=400)
