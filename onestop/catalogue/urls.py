"""Addresses of the catalogue: the start page, search, life events, services, agencies."""

from django.urls import path

from onestop.catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("", views.home, name="home"),
]
