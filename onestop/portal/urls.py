"""The citizen's addresses: applying, following, answering."""

from django.urls import URLPattern

from onestop.portal.apply.urls import urlpatterns as apply
from onestop.portal.asked.urls import urlpatterns as asked
from onestop.portal.decisions.urls import urlpatterns as decisions
from onestop.portal.follow.urls import urlpatterns as follow
from onestop.portal.own.urls import urlpatterns as own

app_name = "portal"
urlpatterns: list[URLPattern] = [*apply, *follow, *asked, *own, *decisions]
