"""The pages for what went wrong, the same in both roles. Each says what happened and what to do next."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from onestop.lib.site import bare_site

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be understood."""
    return render(request, "base/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: this person may not see this."""
    return render(request, "base/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing at this address."""
    return render(request, "base/404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault. The page needs no database, no session and no URL: any of them may be what failed."""
    return HttpResponse(render_to_string("base/500.html", {"site": bare_site()}), status=500)


def unavailable(request: HttpRequest, retry_seconds: int = 60) -> HttpResponse:
    """503: the portal cannot answer now; for views that know so."""
    response = render(request, "base/503.html", status=503)
    response.headers["Retry-After"] = str(retry_seconds)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token, mostly because cookies are off or the page was open too long."""
    log.warning("form refused at %s: %s", request.path, reason)
    return render(request, "base/403_csrf.html", status=403)
