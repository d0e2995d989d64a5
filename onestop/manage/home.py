"""The administrators' start page: one line for each thing that can be changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onestop.manage.access import administrator_required


@require_safe
@administrator_required
def home(request: HttpRequest) -> HttpResponse:
    """List what can be changed."""
    return render(request, "manage/home.html")
