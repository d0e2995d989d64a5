"""Signing in with one's own factors: a password and a code, each its own page, or a passkey."""

import json
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from identity import levels
from identity.provider.factors import passkeys, signing_in, throttle
from identity.provider.views.arrival import Arrival, NoArrival, NotEnough, arrival, go_on
from identity.provider.views.authorize import refusal
from onestop.lib import remote
from onestop.lib.forms import GovukForm

_LONGEST_ANSWER = 20_000  # characters of a passkey's answer


class PasswordForm(GovukForm):
    """Who one is, and the password."""

    name = forms.CharField(
        label=gettext_lazy("Personal number or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(GovukForm):
    """The code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy(
            "The 6 digits your authenticator app shows now, or one of your recovery codes"
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "class": "govuk-input--width-10"}
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Take name and password; go on, or ask for the code."""
    try:
        where = arrival(request)
    except NoArrival as error:
        return refusal(request, str(error))
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proven = signing_in.by_password(
                request.session, **form.cleaned_data, address=remote.network(request), now=timezone.now()
            )
            if proven is None:
                return redirect(f"{reverse('login-code')}?{urlencode({'next': where.target})}")
            return go_on(request, where, proven.user, proven.level, proven.amr)
        except signing_in.Wrong:
            form.add_error(None, _("That name and password do not belong together. Check both"))
        except throttle.Blocked as blocked:
            form.add_error(None, _blocked(blocked))
        except NotEnough as error:
            form.add_error(None, _problem(error))
    return _password_page(request, where, form)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code that follows a password."""
    try:
        where = arrival(request)
    except NoArrival as error:
        return refusal(request, str(error))
    if signing_in.waiting(request.session) is None:
        return redirect(f"{reverse('login-password')}?{urlencode({'next': where.target})}")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proven = signing_in.by_code(
                request.session,
                code=form.cleaned_data["code"],
                address=remote.network(request),
                now=timezone.now(),
            )
            return go_on(request, where, proven.user, proven.level, proven.amr)
        except signing_in.Wrong:
            form.add_error("code", _("That code is wrong, used or too old. Wait for the next one"))
        except throttle.Blocked as blocked:
            form.add_error(None, _blocked(blocked))
        except NotEnough as error:
            form.add_error(None, _problem(error))
    page = {"form": form, "next": where.target}
    status = 422 if form.errors else 200
    return where.allow(render(request, "identity/provider/code.html", page, status=status))


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Take the answer of a passkey to the challenge that the page carried."""
    try:
        where = arrival(request)
    except NoArrival as error:
        return refusal(request, str(error))
    form = PasswordForm()
    try:
        key, is_verified = passkeys.finish_signing_in(request.session, answer_of(request))
        level = passkeys.level(key, is_verified)
        # `pop`: the key was proven to be held; `mfa`: the authenticator verified its user itself.
        return go_on(request, where, key.user, level, "pop user mfa" if is_verified else "pop user")
    except passkeys.PasskeyRefused as refused:
        problem = passkey_problem(refused)
    except NotEnough as error:
        problem = _problem(error)
    return _password_page(request, where, form, problem)


def answer_of(request: HttpRequest) -> dict[str, object]:
    """The authenticator's answer as JSON; raises :class:`passkeys.PasskeyRefused`."""
    text = request.POST.get("answer", "")
    try:
        found = json.loads(text) if len(text) <= _LONGEST_ANSWER else None
    except ValueError as error:
        raise passkeys.PasskeyRefused("answer") from error
    if not isinstance(found, dict):
        raise passkeys.PasskeyRefused("answer")
    return found


def passkey_problem(refused: passkeys.PasskeyRefused) -> str:
    """What a person reads when a passkey was refused."""
    return {
        "late": _("That took too long. Try again"),
        "unknown": _("This passkey is not known here. Use another one, or your password"),
        "known": _("This passkey is in your list already"),
        "too-many": _("You have as many passkeys as you can have. Remove one first"),
        "copied": _("This passkey seems to have been copied. Sign in another way and remove it"),
    }.get(refused.code, _("The passkey’s answer could not be understood. Try again"))


def _password_page(
    request: HttpRequest, where: Arrival, form: PasswordForm, problem: str = ""
) -> HttpResponse:
    page = {
        "form": form,
        "next": where.target,
        "client": where.client,
        "required": levels.name(where.needed or ""),
        "options": json.dumps(passkeys.begin_signing_in(request.session)),
        "problem": problem,
    }
    status = 422 if form.errors or problem else 200
    return where.allow(render(request, "identity/provider/password.html", page, status=status))


def _blocked(blocked: throttle.Blocked) -> str:
    return _("Too many tries. Try again after %(at)s, or use a passkey") % {"at": _bare(blocked)}


def _bare(blocked: throttle.Blocked) -> str:
    return timezone.localtime(blocked.until).strftime("%H:%M")


def _problem(error: NotEnough) -> str:
    if error.code == "level":
        return _(
            "That proves too little for this service. Add your authenticator app’s code or use a passkey"
        )
    return _("Your e-ID was not proofed for that level")
