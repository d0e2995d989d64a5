"""Addresses of the catalogue: the start page, search, life events, services, agencies."""

from django.urls import path

from onestop.catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("life-events/<slug:slug>", views.life_event, name="life-event"),
    path("services/<slug:slug>", views.service, name="service"),
    path("agencies", views.agencies, name="agencies"),
]
