"""The provider's own pages: what it is, and that one is signed out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from identity.provider import sessions


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, who is signed in here, and where the portal is."""
    page = {"session": sessions.current(request), "portal_url": settings.PORTAL_URL}
    return render(request, "identity/provider/home.html", page)


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session at the e-ID has ended."""
    return render(request, "identity/provider/signed_out.html", {"portal_url": settings.PORTAL_URL})
