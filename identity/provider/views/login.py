"""The first page of signing in: the test people, one click a level, and the way to one's own factors."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from identity import levels
from identity.models import EIDAccount
from identity.provider.people import Card, cards
from identity.provider.views.arrival import Arrival, NoArrival, NotEnough, arrival, go_on
from identity.provider.views.authorize import refusal

PRESENCE = "user"  # RFC 8176: somebody was there, and nothing but the choice of a name was asked


@method_decorator(never_cache, name="dispatch")
class LoginView(View):
    """GET shows the test people, POST signs one of them in and goes on with what they came for.

    Where there are no test people (``ONESTOP_EID_TEST_PEOPLE``), the page of one's own factors is the first.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the people whose name contains ``q``."""
        try:
            where = arrival(request)
        except NoArrival as error:
            return refusal(request, str(error)) if request.GET.get("next") else redirect("home")
        if not settings.EID_TEST_PEOPLE:
            return redirect(f"{reverse('login-password')}?{urlencode({'next': where.target})}")
        return self._page(request, where)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in as ``account`` at ``level``; below the level that is needed, say so instead."""
        try:
            where = arrival(request)
        except NoArrival as error:
            return refusal(request, str(error))
        if not settings.EID_TEST_PEOPLE:
            return refusal(request, "This e-ID has no test people.")
        account = EIDAccount.objects.filter(
            user__subject__in=_uuids(request.POST.get("account", "")), user__is_active=True
        ).first()
        level = levels.NAMES.get(request.POST.get("level", ""))
        if account is None or level is None:
            return self._page(request, where, "unknown")
        try:
            return go_on(request, where, account.user, level, PRESENCE)
        except NotEnough as error:
            return self._page(request, where, error.code)

    def _page(self, request: HttpRequest, where: Arrival, problem: str = "") -> HttpResponse:
        search = request.GET.get("q", "").strip()
        people: list[Card] = cards(search, where.needed)
        page = {
            "next": where.target,
            "client": where.client,
            "required": levels.name(where.needed or ""),
            "search": search,
            "people": [card for card in people if not card.is_staff],
            "staff": [card for card in people if card.is_staff],
            "problem": problem,
            "factors": f"{reverse('login-password')}?{urlencode({'next': where.target})}",
        }
        response = render(request, "identity/provider/login.html", page, status=400 if problem else 200)
        return where.allow(response)


def _uuids(text: str) -> list[str]:
    """Return the text as a list of one UUID, or an empty list if it is none."""
    try:
        return [str(UUID(text))]
    except ValueError:
        return []
