"""Addresses of what belongs to a person; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal.own import sign_ins

urlpatterns: list[URLPattern] = [path("my/sign-ins/", sign_ins.show, name="sign-ins")]
