"""``Client-Cert`` (RFC 9440) is believed of our own proxies alone, and taken out of every other request."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FIELDS = ("HTTP_CLIENT_CERT", "HTTP_CLIENT_CERT_CHAIN")


class ClientCertificateMiddleware:
    """Whatever reads the header behind this may believe it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forget what somebody else says of the caller's certificate."""
        if any(field in request.META for field in FIELDS) and not _is_ours(request):
            for field in FIELDS:
                request.META.pop(field, None)
            request.__dict__.pop("headers", None)  # made from META when it was first looked at
        return self.get_response(request)


def _is_ours(request: HttpRequest) -> bool:
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.CLIENT_CERT_PROXIES)
