"""The pages of the catalogue: anyone may read them, nobody needs to sign in."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from onestop.catalogue.models import LifeEvent, PublicOrganisation, PublicService
from onestop.catalogue.search import LONGEST_QUERY, find


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: life events, and the search."""
    live = Prefetch(
        "services", PublicService.objects.filter(status=PublicService.Status.LIVE), to_attr="live_services"
    )
    events = LifeEvent.objects.prefetch_related(live)
    return render(request, "catalogue/home.html", {"life_events": events})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Services that have the words asked for."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    page = {"query": query, "services": find(query, get_language() or "en")}
    return render(request, "catalogue/search.html", page)


@require_safe
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    """A life event and the services that belong to it."""
    event = get_object_or_404(LifeEvent.objects.prefetch_related("services"), slug=slug)
    return render(request, "catalogue/life_event.html", {"event": event, "services": event.services.all()})


@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """The start page of a service."""
    page = {"service": get_object_or_404(PublicService.objects.with_page(), slug=slug)}
    return render(request, "catalogue/service.html", page)


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency, what it does, the services it offers and those in which it is told."""
    page = {"agencies": PublicOrganisation.objects.prefetch_related("offered", "informed_by")}
    return render(request, "catalogue/agencies.html", page)
