"""Addresses of applying."""

from django.urls import URLPattern, path

from onestop.portal.apply import check, questions, sent, start

urlpatterns: list[URLPattern] = [
    path("services/<slug:slug>/start/", start.start, name="start"),
    path("apply/<uuid:public_id>/", start.task_list, name="draft"),
    path("apply/<uuid:public_id>/check/", check.check, name="check"),
    path("apply/<uuid:public_id>/<slug:page>/", questions.question, name="page"),
    path("my/cases/<slug:reference>/submitted/", sent.submitted, name="submitted"),
    path("my/cases/<slug:reference>/receipt/", sent.receipt, name="receipt"),
]
