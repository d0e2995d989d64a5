"""Addresses of what belongs to a person; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal.own import acting, consents, e_ids, mandates, my_data, seen, sign_ins

urlpatterns: list[URLPattern] = [
    path("my/sign-ins/", sign_ins.show, name="sign-ins"),
    path("my/e-ids/", e_ids.show, name="e-ids"),
    path("my/data/", my_data.show, name="my-data"),
    path("my/data/copy", my_data.download, name="my-data-copy"),
    path("my/data/erase", my_data.erase_all, name="erase"),
    path("my/data/consents", consents.mine, name="my-consents"),
    path("my/cases/<slug:reference>/consents/", consents.of_case, name="consents"),
    path("my/consents/<uuid:public_id>/withdraw", consents.withdraw, name="withdraw-consent"),
    path("my/data/seen", seen.show, name="seen"),
    path("erased", my_data.erased, name="erased"),
    path("my/mandates/", mandates.show, name="mandates"),
    path("my/mandates/new", mandates.new, name="new-mandate"),
    path("my/mandates/children", mandates.children, name="children"),
    path("my/mandates/counter", mandates.counter, name="counter-code"),
    path("my/mandates/<uuid:public_id>/end", mandates.end, name="end-mandate"),
    path("my/mandates/<uuid:public_id>/act", acting.begin, name="act-for"),
    path("my/mandates/stop", acting.stop, name="act-for-myself"),
]
