"""Addresses of the pages of caseworkers and integrators, under /agency/."""

from django.urls import URLPattern, path

from onestop.agency import connections, counter, exchanges, hearings, home, overturned, tasks, workbench
from onestop.agency.clients import deciding, pages, trying

app_name = "agency"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("tasks/<uuid:public_id>/", tasks.task, name="task"),
    path("workbench/<uuid:public_id>/", workbench.item, name="item"),
    path("overturned/<uuid:public_id>/", overturned.decide, name="overturned"),
    path("overturned/<uuid:public_id>/decision.pdf", overturned.document, name="overturned-document"),
    path("counter/", counter.counter, name="counter"),
    path("matters/<uuid:public_id>/", hearings.hearing, name="hearing"),
    path("matters/<uuid:public_id>/decision.pdf", hearings.document, name="hearing-document"),
    path("connections/", connections.connections, name="connections"),
    path("connections/<slug:key>/", connections.connection, name="connection"),
    path("clients/", pages.clients, name="clients"),
    path("clients/new/", pages.new, name="new-client"),
    path("clients/<uuid:public_id>/", pages.client, name="client"),
    path("clients/<uuid:public_id>/change/", pages.change, name="change-client"),
    path("clients/<uuid:public_id>/decision/", deciding.decide, name="decide-client"),
    path("clients/<uuid:public_id>/test/", trying.test, name="test-client"),
    path("exchanges/", exchanges.exchanges, name="exchanges"),
    path("exchanges/<uuid:public_id>/", exchanges.exchange, name="exchange"),
]
