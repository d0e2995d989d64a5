"""Addresses of the pages of caseworkers and integrators, under /agency/."""

from django.urls import URLPattern

app_name = "agency"

urlpatterns: list[URLPattern] = []
