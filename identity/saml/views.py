"""Where an e-ID that speaks SAML sends people back, and where the portal describes itself to it.

The e-ID's page posts from another site, and browsers add no cookie of ours to that (SameSite=Lax). So the
answer comes to a page of our own, which posts it once more, from here, with the cookie of the session.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from identity.models import IdentityProvider
from identity.saml.bindings import RESPONSE, STATE
from identity.saml.finish import finish
from identity.saml.portal import metadata
from identity.signin.callback import conclude
from identity.signin.errors import AnswerRefused


@csrf_exempt  # it comes from the e-ID's site, and nothing is done with it here
@never_cache
@require_POST
def consume(request: HttpRequest, key: str) -> HttpResponse:
    """Hand the answer on to :func:`conclude_here`, from a page of this site."""
    sent = {name: request.POST.get(name, "") for name in (RESPONSE, STATE)}
    return render(request, "identity/saml_relay.html", {"sent": sent, "key": key})


@csrf_exempt  # the state binds it to the browser that began, as it does in OAuth
@never_cache
@require_POST
def conclude_here(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in the person of the answer, or say why not."""
    return conclude(request, key, lambda: finish(request.session, request.POST, key))


@require_safe
def describe(request: HttpRequest, key: str) -> HttpResponse:
    """The portal's metadata for this e-ID."""
    row = IdentityProvider.objects.filter(key=key, protocol=IdentityProvider.Protocol.SAML).first()
    if row is None:
        raise Http404
    try:
        return HttpResponse(metadata(row), content_type="application/samlmetadata+xml")
    except AnswerRefused as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain; charset=utf-8")
