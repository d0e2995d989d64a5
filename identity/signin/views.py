"""Signing in and out at the portal: redirects to the e-ID, its answers, and pages for when it fails."""

import logging
from urllib.parse import urlencode

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from identity import levels, sign_ins
from identity.access import session_level
from identity.signin import flow, providers, targets
from identity.signin.errors import AnswerRefused, ProviderRefused, ProviderSilent, SignInError, TokenForged
from identity.signin.people import recognise

logger = logging.getLogger(__name__)
ID_TOKEN, PROVIDER, ACR = "eid_id_token", "eid_provider", "acr"
_STATUS = {ProviderSilent: 503, TokenForged: 502, ProviderRefused: 403, AnswerRefused: 400}


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the person to the e-ID; `next` is where to come back to, `level` how sure we must be."""
    target = targets.safe(request.GET.get("next"))
    level = levels.NAMES.get(request.GET.get("level", ""), levels.SUBSTANTIAL)
    if levels.reaches(session_level(request), level):
        return HttpResponseRedirect(target)
    try:
        return HttpResponseRedirect(
            flow.begin(request.session, providers.default(), level=level, target=target)
        )
    except SignInError as error:
        error.target = target
        return _failed(request, error)


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the e-ID's answer; sign the person in with a new session id (A78), or say what went wrong."""
    try:
        signed_in = flow.finish(request.session, request.GET)
        issuer, subject = signed_in.provider.issuer, signed_in.claims["sub"]
        if sign_ins.must_prove_again(issuer, signed_in.claims):
            return _again(request, signed_in)
        user = recognise(issuer, subject, signed_in.attributes)
    except SignInError as error:
        return _failed(request, error)
    if request.user.is_authenticated and request.user != user:
        logout(request)
    login(request, user)
    request.session.cycle_key()
    request.session[ACR] = signed_in.claims["acr"]
    request.session[ID_TOKEN] = signed_in.id_token
    request.session[PROVIDER] = signed_in.provider.key
    sign_ins.note(request, user, issuer=issuer, claims=signed_in.claims, now=timezone.now())
    return HttpResponseRedirect(targets.safe(signed_in.next))


def _again(request: HttpRequest, signed_in: flow.SignedIn) -> HttpResponse:
    """This browser was signed out from elsewhere: only its person, asked anew, gets in again."""
    level = signed_in.claims["acr"]
    where = flow.begin(request.session, signed_in.provider, level=level, target=signed_in.next, afresh=True)
    return HttpResponseRedirect(where)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and go on to end the one at the e-ID; it sends the person back."""
    id_token, key = request.session.get(ID_TOKEN), request.session.get(PROVIDER)
    sign_ins.end_this(request, timezone.now())
    if id_token and key:
        try:
            there = flow.end_session_url(providers.by_key(key), id_token)
        except SignInError as error:
            logger.warning("signed out here, but not at the e-ID: %s", error)
            return redirect(f"{reverse('identity:signed-out')}?{urlencode({'only': 'here'})}")
        if there:
            return HttpResponseRedirect(there)
    return redirect("identity:signed-out")


@never_cache
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that nobody is signed in any more, and honestly where the e-ID could not be reached."""
    return render(request, "identity/signed_out.html", {"only_here": request.GET.get("only") == "here"})


def _failed(request: HttpRequest, error: SignInError) -> HttpResponse:
    """Nobody was signed in (A81). The page says whose fault it was and offers a way on."""
    logger.warning("sign-in failed: %s", error)
    gave_up = isinstance(error, ProviderRefused) and error.error == "access_denied"
    kind = type(error)
    page = {
        "code": error.code,
        "error": error.error if isinstance(error, ProviderRefused) else "",
        "kind": kind.__name__,
        "again": f"{reverse('identity:sign-in')}?{urlencode({'next': targets.safe(error.target)})}",
    }
    status = 200 if gave_up else _STATUS[kind]  # giving up is a choice, not a fault
    response = render(request, "identity/sign_in_failed.html", page, status=status)
    if kind is ProviderSilent:
        response["Retry-After"] = "30"
    return response
