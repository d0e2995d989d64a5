"""Addresses of the administrators' pages, under /manage/."""

from django.urls import URLPattern, path

from onestop.manage import changes, home, sign_in

app_name = "manage"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("changes/", changes.show, name="changes"),
    path("sign-in/", sign_in.providers, name="providers"),
    path("sign-in/new/", sign_in.edit, name="new-provider"),
    path("sign-in/new/saml/", sign_in.edit, {"protocol": "saml"}, name="new-saml-provider"),
    path("sign-in/<slug:key>/", sign_in.edit, name="provider"),
    path("sign-in/<slug:key>/test/", sign_in.test, name="test-provider"),
]
