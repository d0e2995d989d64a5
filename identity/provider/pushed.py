"""Authorization requests that clients push (RFC 9126), so that the browser carries only a reference.

A reference is used once: the first browser that brings it is given another one in its place, which nobody
else knows and which lasts while a person signs in. That one ends with the code it leads to (A38).
"""

import secrets
from datetime import datetime, timedelta

from django.http import QueryDict

from identity.models import Application, PushedAuthorizationRequest
from identity.oauth.digests import digest

PREFIX = "urn:ietf:params:oauth:request_uri:"
TAKEN = f"{PREFIX}taken:"
LIFETIME = timedelta(seconds=90)
SIGNING_IN = timedelta(minutes=15)


class BadReference(Exception):
    """The reference is unknown, used, late or another client's. Final; the person is told."""


def push(client: Application, query: QueryDict, now: datetime) -> str:
    """Keep a request that was checked; return the reference to it."""
    reference = f"{PREFIX}{secrets.token_urlsafe(32)}"
    PushedAuthorizationRequest.objects.filter(expires__lt=now).delete()
    PushedAuthorizationRequest.objects.create(
        request_uri=digest(reference),
        client_id=client.client_id,
        parameters=dict(query.lists()),
        expires=now + LIFETIME,
    )
    return reference


def take(reference: str, client_id: str, now: datetime) -> str:
    """Return the reference to go on with: this browser's own; raises BadReference."""
    if reference.startswith(TAKEN):
        return reference
    own = f"{TAKEN}{secrets.token_urlsafe(32)}"
    unused = PushedAuthorizationRequest.objects.filter(
        request_uri=digest(reference), client_id=client_id, expires__gt=now
    )
    if unused.update(request_uri=digest(own), expires=now + SIGNING_IN) != 1:
        raise BadReference
    return own


def read(reference: str, client_id: str, now: datetime) -> QueryDict:
    """Return the parameters behind a reference that was taken; raises BadReference."""
    found = PushedAuthorizationRequest.objects.filter(
        request_uri=digest(reference), client_id=client_id, expires__gt=now
    ).first()
    if found is None or not reference.startswith(TAKEN):
        raise BadReference
    query = QueryDict(mutable=True)
    for name, values in found.parameters.items():
        query.setlist(name, values)
    return query


def use_up(reference: str) -> bool:
    """End a request that is answered; False where it was answered before."""
    return PushedAuthorizationRequest.objects.filter(request_uri=digest(reference)).delete()[0] == 1
