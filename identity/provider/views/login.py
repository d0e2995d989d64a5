"""The sign-in page of the test e-ID: choose a person and a level. Works without JavaScript."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from identity import levels
from identity.models import Application, EIDAccount
from identity.oauth import parameters
from identity.provider import policy, sessions
from identity.provider.csp import allow_form_to
from identity.provider.people import Card, cards
from identity.provider.views.authorize import ANSWERED, refusal


def pending(target: str) -> QueryDict | None:
    """Return the authorization request a person is to come back to, or None if ``target`` is none."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path != reverse("authorize"):
        return None
    return QueryDict(parts.query)


@method_decorator(never_cache, name="dispatch")
class LoginView(View):
    """GET shows the test people, POST signs one of them in and goes on with the client's request."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the people whose name contains ``q``."""
        fault = parameters.fault(request)
        query = None if fault else pending(request.GET.get("next", ""))
        if query is None:
            return redirect("home") if fault is None else refusal(request, fault)
        return self._page(request, request.GET["next"], query)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in as ``account`` at ``level``; below the level the client asks for, say so instead."""
        fault = parameters.fault(request)
        target = request.POST.get("next", "")
        query = None if fault else pending(target)
        if query is None:
            return refusal(request, fault or "The sign-in does not belong to a request of a service.")
        try:
            wish = policy.read(query)
        except policy.BadWish as error:
            return refusal(request, str(error))
        account = EIDAccount.objects.filter(
            user__subject__in=_uuids(request.POST.get("account", "")), user__is_active=True
        ).first()
        level = levels.NAMES.get(request.POST.get("level", ""))
        if account is None or level is None:
            return self._page(request, target, query, problem="unknown")
        if wish.acr is not None and not levels.reaches(level, wish.acr):
            return self._page(request, target, query, problem="level")
        try:
            sessions.start(request, account, level)
        except sessions.LevelRefused:
            return self._page(request, target, query, problem="highest")
        request.session[ANSWERED] = wish.digest
        return HttpResponseRedirect(target)

    def _page(self, request: HttpRequest, target: str, query: QueryDict, problem: str = "") -> HttpResponse:
        client = Application.objects.filter(client_id=query.get("client_id", "")).first()
        requested = levels.least_acceptable(query.get("acr_values", "").split())
        search = request.GET.get("q", "").strip()
        people: list[Card] = cards(search, requested)
        page = {
            "next": target,
            "client": client,
            "required": levels.name(requested or ""),
            "search": search,
            "people": [card for card in people if not card.is_staff],
            "staff": [card for card in people if card.is_staff],
            "problem": problem,
        }
        response = render(request, "identity/provider/login.html", page, status=400 if problem else 200)
        uri = query.get("redirect_uri", "")
        return allow_form_to(response, uri) if client and client.redirect_uri_allowed(uri) else response


def _uuids(text: str) -> list[str]:
    """Return the text as a list of one UUID, or an empty list if it is none."""
    try:
        return [str(UUID(text))]
    except ValueError:
        return []
