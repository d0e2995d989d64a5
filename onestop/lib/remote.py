"""Where a request comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def network(request: HttpRequest) -> str:
    """Return the caller's address; of IPv6 the network of 64 bits, which is what one caller has.

    Behind proxies (``ONESTOP_PROXIES`` of them) it is the entry that the outermost of them wrote; what
    stands before it in `X-Forwarded-For` was sent by the caller and proves nothing.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.ONESTOP_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        address = hops[-settings.ONESTOP_PROXIES] if len(hops) >= settings.ONESTOP_PROXIES else address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)
