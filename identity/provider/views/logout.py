"""Signing out at the e-ID when a client asks for it (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from identity.models import Application
from identity.oauth import parameters
from identity.provider import keys, sessions
from identity.provider.csp import allow_form_to
from identity.provider.views.authorize import refusal

_KEPT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


class LogoutRefused(Exception):
    """The request names a client or an address we do not know. Final."""


@csrf_exempt  # a client may post here; what changes anything without asking needs the session's own token
@never_cache
@require_http_methods(["GET", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """End this browser's session at once if the hint is its own token; otherwise ask first (A23)."""
    query = request.POST if request.method == "POST" else request.GET
    try:
        hint, target = _understand(request, query)
    except LogoutRefused as error:
        return refusal(request, str(error))
    session = sessions.current(request)
    if session is not None and hint.get("sid") != str(session.sid):
        asked = {name: query[name] for name in _KEPT if name in query}
        action = f"{reverse('end-session-confirm')}?{urlencode(asked)}"
        response = render(
            request, "identity/provider/logout.html", {"action": action, "person": session.user}
        )
        return allow_form_to(response, target)
    sessions.sign_out(request)
    return HttpResponseRedirect(target) if target else redirect("signed-out")


@never_cache
@require_http_methods(["POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The person said yes on our own page (checked by the CSRF token)."""
    try:
        _, target = _understand(request, request.GET)
    except LogoutRefused as error:
        return refusal(request, str(error))
    sessions.sign_out(request)
    return HttpResponseRedirect(target) if target else redirect("signed-out")


def _understand(request: HttpRequest, query: QueryDict) -> tuple[dict[str, Any], str]:
    """Return the claims of the hint and the address to go to afterwards; either may be empty."""
    fault = parameters.fault(request)
    if fault:
        raise LogoutRefused(fault)
    try:
        hint = keys.read_hint(query.get("id_token_hint", "")) if "id_token_hint" in query else {}
    except keys.BadHint:
        hint = {}  # not one of our tokens: as good as none, so the person is asked
    named = query.get("client_id") or hint.get("aud")
    if hint and query.get("client_id") not in {None, hint.get("aud")}:
        raise LogoutRefused("The token belongs to another client.")
    uri = query.get("post_logout_redirect_uri", "")
    if not uri:
        return hint, ""
    client = Application.objects.filter(client_id=named, is_active=True).first() if named else None
    if client is None or not client.post_logout_redirect_uri_allowed(uri):
        raise LogoutRefused("The address to return to is not registered.")
    state = query.get("state")
    return hint, f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}" if state else uri
