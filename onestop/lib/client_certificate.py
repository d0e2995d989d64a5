"""``Client-Cert`` (RFC 9440) is believed of our own proxies alone, and taken out of every other request.

WSGI writes ``Client_Cert`` and ``Client-Cert`` alike: behind a proxy that lets the former pass, a caller can
put it over the latter. ``ONESTOP_CLIENT_CERT_HEADER`` may name a header without hyphens, which has no twin.
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CHAIN = "HTTP_CLIENT_CERT_CHAIN"


def field() -> str:
    """The header's name as WSGI writes it."""
    return f"HTTP_{settings.CLIENT_CERT_HEADER.upper().replace('-', '_')}"


def shown_by(request: HttpRequest) -> str:
    """The certificate that our proxy saw, as RFC 9440 writes it; "" where there is none."""
    return str(request.META.get(field(), ""))


class ClientCertificateMiddleware:
    """Whatever reads the header behind this may believe it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forget what somebody else says of the caller's certificate."""
        told = [name for name in (field(), CHAIN) if name in request.META]
        if told and not _is_ours(request):
            for name in told:
                del request.META[name]
            request.__dict__.pop("headers", None)  # made from META when it was first looked at
        return self.get_response(request)


def _is_ours(request: HttpRequest) -> bool:
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.CLIENT_CERT_PROXIES)
