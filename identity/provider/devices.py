"""Devices without a keyboard or browser that a person signs in with another one (RFC 8628).

The person types a short code, sees who asks, and allows it; the device gets a sign-in session of its own,
as sure as the person's, which ends neither with the browser's nor with another device's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import QueryDict

from identity.models import Application, DeviceGrant, Session
from identity.oauth.digests import digest

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words; 34 bits of eight
LENGTH = 8
LIFETIME = timedelta(minutes=10)
INTERVAL = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """What the device is told; neither code is kept as it is here."""

    device_code: str
    user_code: str


def begin(client: Application, scopes: list[str], acr_values: str, now: datetime) -> Begun:
    """Begin a device's sign-in."""
    word = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    begun = Begun(secrets.token_urlsafe(32), f"{word[:4]}-{word[4:]}")
    DeviceGrant.objects.filter(expires__lt=now - LIFETIME).delete()
    DeviceGrant.objects.create(
        client_id=client.client_id,
        device_code=digest(begun.device_code),
        user_code=_kept(begun.user_code),
        scope=" ".join(scopes),
        acr_values=acr_values,
        interval=INTERVAL,
        expires=now + LIFETIME,
    )
    return begun


def find(typed: str, now: datetime) -> DeviceGrant | None:
    """Return the request behind a code as a person typed it, while it still waits for an answer."""
    waiting = DeviceGrant.objects.filter(status=DeviceGrant.AUTHORIZATION_PENDING, expires__gt=now)
    found: DeviceGrant | None = waiting.filter(user_code=_kept(typed)).first()
    return found


def as_request(grant: DeviceGrant) -> QueryDict:
    """Return what a device asks for as the parameters of an authorization request."""
    query = QueryDict(mutable=True)
    query.update({"client_id": grant.client_id, "scope": grant.scope, "acr_values": grant.acr_values})
    return query


@transaction.atomic
def answer(grant: DeviceGrant, session: Session | None) -> bool:
    """Let a device in as the person of ``session``, with None not; False where it was answered before."""
    waiting = DeviceGrant.objects.filter(pk=grant.pk, status=DeviceGrant.AUTHORIZATION_PENDING)
    if session is None:
        return waiting.update(status=DeviceGrant.DENIED) == 1
    if waiting.update(status=DeviceGrant.AUTHORIZED, user=session.user) != 1:
        return False
    own = Session.objects.create(
        user=session.user, acr=session.acr, amr=session.amr, authenticated_at=session.authenticated_at
    )
    DeviceGrant.objects.filter(pk=grant.pk).update(session=own)
    return True


def shown(typed: str) -> str:
    """A code as the device shows it, however its letters, dashes and spaces were typed."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def _kept(code: str) -> str:
    return digest(shown(code))
