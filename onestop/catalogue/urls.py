"""Addresses of the catalogue: the start page, search, life events, services, agencies."""

from django.urls import path
from django.views.generic import RedirectView

from onestop.catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("life-events/<slug:slug>", views.life_event, name="life-event"),
    path("services/<slug:slug>", views.service, name="service"),
    path("agencies", views.agencies, name="agencies"),
    # Typed with a slash at the end, as the other pages have it: the same page.
    *(
        path(f"{address}/", RedirectView.as_view(pattern_name=f"catalogue:{name}", query_string=True))
        for address, name in (
            ("search", "search"),
            ("life-events/<slug:slug>", "life-event"),
            ("services/<slug:slug>", "service"),
            ("agencies", "agencies"),
        )
    ),
]
