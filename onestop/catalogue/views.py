"""The pages of the catalogue: anyone may read them, nobody needs to sign in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: life events, and the search."""
    return render(request, "catalogue/home.html", {})
