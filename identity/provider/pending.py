"""Which request a person signs in for: it is on the address they come back to, in one of three ways."""

from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from identity.provider import devices, pushed


def request_of(target: str) -> QueryDict | None:
    """Return the parameters of the request behind ``target``, or None if nobody asks there.

    They stand in the address itself, or are what a client pushed, or what a device asked for.
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    query = QueryDict(parts.query)
    if parts.path == reverse("device"):
        grant = devices.find(query.get("user_code", ""), timezone.now())
        return devices.as_request(grant) if grant else None
    if parts.path != reverse("authorize"):
        return None
    if "request_uri" not in query:
        return query
    try:
        return pushed.read(query["request_uri"], query.get("client_id", ""), timezone.now())
    except pushed.BadReference:
        return None
