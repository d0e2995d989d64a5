"""Signing in and out at the portal: choosing an e-ID, leaving for it, and pages for when it fails."""

import logging
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from identity import levels, sign_ins
from identity.access import session_level
from identity.models import IdentityProvider
from identity.saml.logout_views import offered
from identity.signin import flow, providers, targets
from identity.signin.errors import (
    AnswerRefused,
    LinkRefused,
    NothingOffered,
    ProviderRefused,
    ProviderSilent,
    SignInError,
    TokenForged,
)

logger = logging.getLogger(__name__)
ID_TOKEN, PROVIDER, ACR, PROVEN_AT = "eid_id_token", "eid_provider", "acr", "acr_at"
NAMED = "eid_named"  # in SAML: as whom the e-ID knows the person, for signing out there
_STATUS = {
    ProviderSilent: 503,
    TokenForged: 502,
    ProviderRefused: 403,
    AnswerRefused: 400,
    NothingOffered: 403,
    LinkRefused: 403,
}


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the person to an e-ID; `next` is where to come back to, `level` how sure we must be.

    Where there are several, or one whose origin our forms may not lead to, the person chooses by a link:
    a browser applies `form-action` to every redirect that follows a form.
    """
    target = targets.safe(request.GET.get("next"))
    level = levels.NAMES.get(request.GET.get("level", ""), levels.SUBSTANTIAL)
    if levels.reaches(session_level(request), level):
        return HttpResponseRedirect(target)
    offered = providers.offered_to(request.user, level)
    chosen = next((row for row in offered if row.key == request.GET.get("with")), None)
    if chosen is None and len(offered) == 1 and offered[0].is_embedded:
        chosen = offered[0]
    try:
        if not offered:
            raise NothingOffered(level)
        if chosen is None:
            return _chooser(request, offered, target, level)
        return HttpResponseRedirect(
            flow.begin(
                request.session, chosen, level=level, target=target, afresh=_is_step_up(request, chosen)
            )
        )
    except SignInError as error:
        error.target = target
        return failed(request, error)


def _is_step_up(request: HttpRequest, chosen: IdentityProvider) -> bool:
    """Whether the session by this very e-ID proves too little: it must ask again.

    The embedded one knows by itself what is missing.
    """
    is_by_it = request.user.is_authenticated and request.session.get(PROVIDER) == chosen.key
    return is_by_it and not chosen.is_embedded


def _chooser(request: HttpRequest, offered: list[IdentityProvider], target: str, level: str) -> HttpResponse:
    asked = {"next": target, "level": levels.name(level)}
    choices = [(row, named(row), f"?{urlencode(asked | {'with': row.key})}") for row in offered]
    page = {"choices": choices, "level": levels.name(level), "is_step_up": request.user.is_authenticated}
    return render(request, "identity/choose.html", page)


def named(provider: IdentityProvider) -> str:
    """The provider's name in the language of the page."""
    return provider.name(get_language() or "en")


@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """A provider's picture: PNG, JPEG or WebP as checked when it was uploaded, never markup."""
    row = IdentityProvider.objects.filter(key=key).exclude(logo_type="").first()
    if row is None:
        raise Http404
    return HttpResponse(bytes(row.logo), content_type=row.logo_type)


@require_safe
def keys(request: HttpRequest, key: str) -> JsonResponse:
    """The public key with which the portal signs its assertions to this e-ID (RFC 7517)."""
    row = IdentityProvider.objects.filter(key=key).first()
    if row is None:
        raise Http404
    return JsonResponse(providers.public_keys(row))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and go on to end the one at the e-ID; it sends the person back."""
    id_token, key = request.session.get(ID_TOKEN), request.session.get(PROVIDER)
    who = request.session.get(NAMED, {})
    sign_ins.end_this(request, timezone.now())
    if not key:
        return redirect("identity:signed-out")
    try:
        provider = providers.by_key(key)
        there = flow.end_session_url(provider, id_token) if id_token else offered(request, key, who)
    except SignInError as error:
        logger.warning("signed out here, but not at the e-ID: %s", error)
        return redirect(f"{reverse('identity:signed-out')}?{urlencode({'only': 'here'})}")
    if there and provider.is_embedded:
        return HttpResponseRedirect(there)
    page = {"only_here": False, "there": there, "name": named(provider)}
    return render(request, "identity/signed_out.html", page)


@never_cache
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that nobody is signed in any more, and honestly where the e-ID could not be reached."""
    page = {"only_here": request.GET.get("only") == "here", "there": "", "name": ""}
    return render(request, "identity/signed_out.html", page)


def failed(request: HttpRequest, error: SignInError) -> HttpResponse:
    """Nobody was signed in (A81). The page says whose fault it was and offers a way on."""
    logger.warning("sign-in failed: %s", error)
    gave_up = isinstance(error, ProviderRefused) and error.error == "access_denied"
    kind = type(error)
    page = {
        "code": error.code,
        "error": error.error if isinstance(error, ProviderRefused) else "",
        "kind": kind.__name__,
        "again": f"{reverse('identity:sign-in')}?{urlencode({'next': targets.safe(error.target)})}",
        "target": targets.safe(error.target),
    }
    status = 200 if gave_up else _STATUS[kind]  # giving up is a choice, not a fault
    if isinstance(error, ProviderRefused) and error.error == "temporarily_unavailable":
        status = 503
    response = render(request, "identity/sign_in_failed.html", page, status=status)
    if status == 503:
        response["Retry-After"] = "30"
    return response
