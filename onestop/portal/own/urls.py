"""Addresses of what belongs to a person; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal.own import e_ids, my_data, seen, sign_ins

urlpatterns: list[URLPattern] = [
    path("my/sign-ins/", sign_ins.show, name="sign-ins"),
    path("my/e-ids/", e_ids.show, name="e-ids"),
    path("my/data/", my_data.show, name="my-data"),
    path("my/data/copy", my_data.download, name="my-data-copy"),
    path("my/data/erase", my_data.erase_all, name="erase"),
    path("my/data/seen", seen.show, name="seen"),
    path("erased", my_data.erased, name="erased"),
]
