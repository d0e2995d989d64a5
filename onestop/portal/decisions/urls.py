"""Addresses of checking decisions; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal.decisions import verify

urlpatterns: list[URLPattern] = [path("decisions/verify/", verify.verify, name="verify")]
