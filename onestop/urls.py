"""Every address of the portal: one line a package."""

from django.urls import include, path
from django.views.i18n import set_language

handler400 = "onestop.lib.errors.bad_request"
handler403 = "onestop.lib.errors.forbidden"
handler404 = "onestop.lib.errors.not_found"
handler500 = "onestop.lib.errors.failed"

urlpatterns = [
    path("", include("onestop.catalogue.urls")),
    path("", include("identity.urls")),
    path("", include("onestop.portal.urls")),
    path("manage/", include("onestop.manage.urls")),
    path("agency/", include("onestop.agency.urls")),
    path("api/v1/", include("onestop.api.urls")),
    # The header's form sends the language and the page to come back to; other sites are refused.
    path("language", set_language, name="set_language"),
]
