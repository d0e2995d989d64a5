"""My e-ID: what I can sign in with. These pages need a person who proved themselves a short while ago."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from identity import levels
from identity.models import AuthenticatorApp, Passkey, Session
from identity.provider import changes, sessions
from identity.provider.factors import app, enrolment, passkeys, recovery
from identity.provider.views.own_forms import AppForm, NameForm, NewPasswordForm
from identity.provider.views.secret import answer_of, passkey_problem

FRESH = timedelta(minutes=15)
OwnView = Callable[..., HttpResponse]
KINDS: dict[str, type[AuthenticatorApp] | type[Passkey]] = {"app": AuthenticatorApp, "passkey": Passkey}


def own_page(view: OwnView) -> OwnView:
    """Decorate a view: it gets the session of a person who proved themselves lately, others sign in first."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = sessions.current(request)
        good = session is not None and session.user.is_active
        if not good or not levels.reaches(session.acr, levels.SUBSTANTIAL):  # type: ignore[union-attr]
            return _sign_in(request)
        if timezone.now() - session.authenticated_at > FRESH:  # type: ignore[union-attr]
            return _sign_in(request)
        return view(request, session, *args, **kwargs)

    return guarded


def _sign_in(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")


@require_safe
@own_page
def show(request: HttpRequest, session: Session) -> HttpResponse:
    """Everything one can sign in with."""
    user = session.user
    page = {
        "person": user,
        "session": session,
        "has_password": user.has_usable_password(),
        "factors": [(kind, row) for kind, model in KINDS.items() for row in model.objects.filter(user=user)],
        "has_app": user.authenticatorapps.exists(),
        "codes_left": recovery.left(user),
        "level": levels.name(session.acr),
        "changes": changes.of(user),
    }
    return render(request, "identity/provider/own/show.html", page)


@require_http_methods(["GET", "POST"])
@own_page
def password(request: HttpRequest, session: Session) -> HttpResponse:
    """Choose a password; every other browser is signed out."""
    form = NewPasswordForm(session.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        enrolment.set_password(request, session, form.cleaned_data["password"])
        messages.success(request, _("Your password is set. Other browsers have been signed out."))
        return redirect("own")
    page = {"form": form, "has_password": session.user.has_usable_password()}
    return render(request, "identity/provider/own/password.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@own_page
def add_app(request: HttpRequest, session: Session) -> HttpResponse:
    """Show the key of a new authenticator app, and take the code that shows it has it."""
    secret = enrolment.secret_of(request.session, is_new=request.method == "GET")
    form = AppForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            enrolment.add_app(session, secret, **form.cleaned_data, now=timezone.now())
        except enrolment.WrongCode:
            form.add_error("code", _("That is not the code of this key. Type the one your app shows now"))
        else:
            enrolment.forget_secret(request.session)
            if recovery.left(session.user):
                messages.success(request, _("Your authenticator app is added."))
                return redirect("own")
            return _new_codes(request, session)
    page = {
        "form": form,
        "key": app.base32(secret),
        "picture": app.picture(app.address(secret, session.user), _("QR code for your authenticator app")),
    }
    return render(request, "identity/provider/own/app.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@own_page
def add_passkey(request: HttpRequest, session: Session) -> HttpResponse:
    """Offer a challenge, and take the passkey that the browser made for it."""
    form = NameForm(request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_valid():
        try:
            passkeys.finish_adding(
                request.session,
                session.user,
                answer_of(request),
                name=form.cleaned_data["name"],
                level=session.acr,
            )
        except passkeys.PasskeyRefused as refused:
            problem = passkey_problem(refused)
        else:
            messages.success(request, _("Your passkey is added."))
            return redirect("own")
    options = json.dumps(passkeys.begin_adding(request.session, session.user))
    page = {"form": form, "options": options, "problem": problem, "level": levels.name(session.acr)}
    status = 422 if form.errors or problem else 200
    return render(request, "identity/provider/own/passkey.html", page, status=status)


@require_http_methods(["GET", "POST"])
@own_page
def recovery_codes(request: HttpRequest, session: Session) -> HttpResponse:
    """Replace the recovery codes; they are shown in the answer and never again."""
    if request.method == "POST":
        return _new_codes(request, session)
    return render(
        request, "identity/provider/own/codes.html", {"codes": [], "left": recovery.left(session.user)}
    )


@require_http_methods(["GET", "POST"])
@own_page
def factor(request: HttpRequest, session: Session, kind: str, public_id: str) -> HttpResponse:
    """Rename or remove an app or a passkey of one's own."""
    model = KINDS.get(kind)
    row = model.objects.filter(user=session.user, public_id=public_id).first() if model else None
    if row is None:
        raise Http404
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if "remove" in request.POST:
        enrolment.remove(row)
        messages.success(request, _("Removed."))
        return redirect("own")
    if form.is_valid():
        row.name = form.cleaned_data["name"]
        row.save(update_fields=["name"])
        messages.success(request, _("Saved."))
        return redirect("own")
    page = {"form": form, "row": row, "kind": kind}
    return render(request, "identity/provider/own/factor.html", page, status=422 if form.errors else 200)


def _new_codes(request: HttpRequest, session: Session) -> HttpResponse:
    codes = recovery.renew(session.user, session.acr)
    return render(request, "identity/provider/own/codes.html", {"codes": codes, "left": len(codes)})
