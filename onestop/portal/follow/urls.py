"""Addresses of the pages on which a citizen follows cases; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal import files
from onestop.portal.follow import appeal, case, cosign, court, messages, my, withdraw

urlpatterns: list[URLPattern] = [
    path("my/files/<uuid:public_id>", files.serve, name="file"),
    path("my/", my.my, name="my"),
    path("my/messages/", messages.messages, name="messages"),
    path("my/cosign/<uuid:public_id>/", cosign.answer, name="cosign"),
    path("my/cases/<slug:reference>/", case.show, name="case"),
    path("my/cases/<slug:reference>/appeal/", appeal.appeal, name="appeal"),
    path("my/cases/<slug:reference>/decision.pdf", court.document, name="decision"),
    path("my/cases/<slug:reference>/answer/<uuid:public_id>/", court.answer, name="court-answer"),
    path("my/cases/<slug:reference>/withdraw/", withdraw.ask, name="withdraw"),
]
