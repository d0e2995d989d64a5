"""Addresses of what cases ask later; part of `onestop.portal.urls`."""

from django.urls import URLPattern, path

from onestop.portal.asked import link, questions

urlpatterns: list[URLPattern] = [
    path("confirm/<str:secret>/", link.confirm, name="confirm"),
    path("my/questions/<uuid:public_id>/", questions.begin, name="questions"),
    path("my/questions/<uuid:public_id>/send/", questions.send, name="questions-send"),
    path("my/questions/<uuid:public_id>/pages/<slug:page>/", questions.question, name="question"),
]
