"""The addresses of single logout: leaving for the e-ID, and what it sends about signing out."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from lxml import etree

from identity import sign_ins
from identity.models import IdentityProvider, SamlTrust
from identity.provider.csp import allow_form_to
from identity.saml import bindings, logout, markup, signature, trust
from identity.saml.bindings import REQUEST, RESPONSE, STATE
from identity.saml.request import NAME_ID
from identity.signin.errors import SignInError, TokenForged
from identity.signin.providers import by_key

LEAVING = "saml_leaving"  # in the session of a browser that has just signed out here: whom to sign out there
log = logging.getLogger(__name__)


def offered(request: HttpRequest, key: str, who: dict[str, str]) -> str:
    """Return our address that leads on to signing ``who`` out at the e-ID; "" where it offers none.

    Raises SignInError where nothing is known of the e-ID.
    """
    if not trust.of(by_key(key)).logout or NAME_ID not in who:
        return ""
    request.session[LEAVING] = {"key": key, "who": who}
    return reverse("identity:saml-leave", args=[key])


@never_cache
@require_safe
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Carry a signed request to the e-ID, once; whoever was not signed in by it goes nowhere."""
    kept = request.session.pop(LEAVING, None)
    if not kept or kept["key"] != key:
        return redirect(_signed_out(is_done=False))
    try:
        provider = by_key(key)
        known = trust.of(provider)
        way = _way(known)
        asked = logout.asked(provider, known, kept["who"], way)
        return _sent(request, provider, asked, REQUEST, known.logout[way][0], "", way)
    except SignInError as error:
        log.warning("signed out here, but not at the e-ID: %s", error)
        return redirect(_signed_out(is_done=False))


@csrf_exempt  # it comes from the e-ID's site; its signature is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """Take the e-ID's request to sign somebody out and answer it, or its answer to ours."""
    sent = request.POST if request.method == "POST" else request.GET
    name = next((one for one in (REQUEST, RESPONSE) if sent.get(one)), "")
    provider = IdentityProvider.objects.filter(key=key, protocol=IdentityProvider.Protocol.SAML).first()
    if provider is None:
        raise Http404
    try:
        if not name:
            raise TokenForged("saml-xml", "there is neither SAMLRequest nor SAMLResponse")
        known = trust.of(provider)
        root, state = _believed(request, known, name)
        if name == RESPONSE:
            return redirect(_signed_out(is_done=logout.is_done(root, provider, timezone.now())))
        to = logout.end(root, provider, timezone.now())
        sign_ins.forget_if_ended(request)
    except SignInError as error:
        log.warning("a message of %s about signing out was refused: %s", key, error)
        return render(request, "identity/sign_out_refused.html", {"error": error}, status=400)
    if not known.logout:
        return redirect(_signed_out(is_done=True))
    way = _way(known, "post" if request.method == "POST" else "redirect")
    answer = logout.answered(provider, known, to, way)
    return _sent(request, provider, answer, RESPONSE, known.logout[way][1], state, way)


def _believed(request: HttpRequest, known: SamlTrust, name: str) -> tuple[etree._Element, str]:
    """The message that came by either binding, if its signature holds, and its RelayState; or TokenForged."""
    now = timezone.now()
    if request.method == "POST":
        root = markup.message(bindings.unbase64(request.POST[name]))
        trust.judged(known, now, lambda held: signature.signed_message(root, held))
        return root, request.POST.get(STATE, "")
    came = bindings.carried(request.META["QUERY_STRING"], name)
    trust.judged(known, now, lambda held: bindings.must_hold(came, held))
    return markup.message(came.document), came.state


def _way(known: SamlTrust, wanted: str = "redirect") -> str:
    """The binding to use: the wanted one where the e-ID takes it, else the one it takes."""
    return wanted if wanted in known.logout else next(iter(known.logout), wanted)


def _sent(
    request: HttpRequest,
    provider: IdentityProvider,
    root: etree._Element,
    name: str,
    address: str,
    state: str,
    way: str,
) -> HttpResponse:
    """Send the browser to the e-ID with a signed message."""
    document = etree.tostring(root)
    if way == "redirect":
        return HttpResponseRedirect(bindings.redirect(address, name, document, state, provider.secret))
    sent = {name: bindings.base64_of(bindings.signed(document, provider.secret))}
    page: dict[str, Any] = {"sent": sent | ({STATE: state} if state else {}), "address": address}
    return allow_form_to(render(request, "identity/saml_leave.html", page), address)


def _signed_out(*, is_done: bool) -> str:
    return reverse("identity:signed-out") + ("" if is_done else "?only=here")
