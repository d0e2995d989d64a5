"""Addresses for other systems, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from onestop.api.api import api

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
