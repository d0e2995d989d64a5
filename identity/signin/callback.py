"""Leaving for an e-ID, and its answer: signing in, linking a second e-ID, or trying one out."""

import time
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from identity import sign_ins
from identity.access import session_level
from identity.models import User
from identity.saml import logout as saml_logout
from identity.signin import flow, linking, targets, trial
from identity.signin.errors import AnswerRefused, SignInError
from identity.signin.flow import SignedIn
from identity.signin.pending import LINK, TRIAL, peek
from identity.signin.people import recognise
from identity.signin.views import ACR, ID_TOKEN, NAMED, PROVEN_AT, PROVIDER, failed


@never_cache
@require_safe
def callback(request: HttpRequest, key: str) -> HttpResponse:
    """Take the answer that an OpenID Provider sent for the e-ID ``key``."""
    return conclude(request, key, lambda: flow.finish(request.session, request.GET, key))


@never_cache
@require_safe
def leave(request: HttpRequest, state: str) -> HttpResponse:
    """Go to the e-ID for what a page of this browser's began (:func:`flow.begin_later`)."""
    try:
        return HttpResponseRedirect(flow.go_on(request.session, state))
    except SignInError as error:
        if error.purpose != TRIAL:
            return failed(request, error)
        return trial.tell_failed(request, peek(request.session, state).provider, error)


def conclude(request: HttpRequest, key: str, finish: Callable[[], SignedIn]) -> HttpResponse:
    """Do what the sign-in was begun for; say what went wrong where the answer cannot be believed."""
    try:
        signed_in = finish()
        if signed_in.purpose == TRIAL:
            return trial.tell(request, signed_in)
        if signed_in.purpose == LINK:
            return _linked(request, signed_in)
        return _signed_in(request, signed_in)
    except SignInError as error:
        if error.purpose == TRIAL:
            return trial.tell_failed(request, key, error)
        return failed(request, error)


def _signed_in(request: HttpRequest, signed_in: SignedIn) -> HttpResponse:
    """Sign the person in with a new session id (A78)."""
    issuer, subject, now = signed_in.provider.issuer, signed_in.subject, timezone.now()
    if sign_ins.must_prove_again(issuer, signed_in.claims):
        return _again(request, signed_in)
    person = signed_in.provider.person(signed_in.attributes)
    user = recognise(issuer, subject, person, level=signed_in.level, now=now)
    if request.user.is_authenticated and request.user != user:
        logout(request)
    login(request, user)
    request.session.cycle_key()
    request.session[ACR], request.session[PROVEN_AT] = signed_in.level, _proven_at(signed_in)
    request.session[ID_TOKEN] = signed_in.id_token
    request.session[PROVIDER] = signed_in.provider.key
    request.session[NAMED] = saml_logout.remembered(signed_in.claims)
    known = signed_in.claims | {"acr": signed_in.level}
    sign_ins.note(request, user, issuer=issuer, claims=known, now=now)
    return HttpResponseRedirect(targets.safe(signed_in.next))


def _proven_at(signed_in: SignedIn) -> float | None:
    """When the person proved who they are, as the e-ID says; a time to come is not believed."""
    moment = signed_in.claims.get("auth_time")
    if isinstance(moment, bool) or not isinstance(moment, int | float):
        return None
    return min(moment, time.time())


def _linked(request: HttpRequest, signed_in: SignedIn) -> HttpResponse:
    """Link the e-ID to the person whose session it was begun in; the session stays what it is."""
    if not isinstance(request.user, User):
        raise AnswerRefused("session")
    level, now = session_level(request), timezone.now()
    linking.link(actor=request.user, session_level=level, signed_in=signed_in, now=now)
    messages.success(request, _("You can now sign in with this e-ID too."))
    return HttpResponseRedirect(targets.safe(signed_in.next))


def _again(request: HttpRequest, signed_in: SignedIn) -> HttpResponse:
    """This browser was signed out from elsewhere: only its person, asked anew, gets in again."""
    where = flow.begin(
        request.session, signed_in.provider, level=signed_in.level, target=signed_in.next, afresh=True
    )
    return HttpResponseRedirect(where)
