"""What the e-ID provider keeps: sign-in sessions, and the five token models of django-oauth-toolkit.

The models are ours from the first migration on, so that a token knows the session it was made in. The
names `Session` and `authenticated_at` are those of the toolkit's next release.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from identity import levels


class Session(models.Model):
    """One sign-in at the e-ID on one device: when, how strongly, and whether it has ended."""

    sid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="eid_sessions")
    acr = models.CharField(max_length=60, choices=levels.CHOICES)
    amr = models.CharField(max_length=60, blank=True, help_text="Space separated, RFC 8176")
    authenticated_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.sid)


class OfSession(models.Model):
    """What was made within a sign-in session, and ends with it."""

    session = models.ForeignKey(
        "identity.Session", null=True, blank=True, on_delete=models.CASCADE, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        # Never the token or code itself: this text reaches logs and tracebacks.
        return f"{type(self).__name__} #{self.pk}"


class OfKey(models.Model):
    """What only the holder of a key may use (RFC 9449)."""

    dpop_jkt = models.CharField(max_length=43, blank=True, help_text="Thumbprint of the key (RFC 7638)")

    class Meta:
        abstract = True


class Grant(OfKey, OfSession, AbstractGrant):  # type: ignore[misc]
    """An authorization code, redeemable once; `code` holds its digest, never the code itself."""

    redeemed_at = models.DateTimeField(null=True, blank=True)


class AccessToken(OfKey, OfSession, AbstractAccessToken):  # type: ignore[misc]
    """An access token; only its checksum is stored."""


class IDToken(OfSession, AbstractIDToken):  # type: ignore[misc]
    """The record that an ID token was issued; the token itself is not stored."""


class RefreshToken(OfKey, OfSession, AbstractRefreshToken):  # type: ignore[misc]
    """A refresh token, used once; `expires` is the end of its whole family, which no refresh puts off."""

    scope = models.TextField(blank=True)
    expires = models.DateTimeField(default=timezone.now)

    class Meta(AbstractRefreshToken.Meta):  # type: ignore[misc]
        abstract = False


class DeviceGrant(OfSession, AbstractDeviceGrant):  # type: ignore[misc]
    """A device's request to sign in (RFC 8628); both codes are kept as digests. `session` is the device's."""

    acr_values = models.CharField(max_length=200, blank=True)
    last_checked = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractDeviceGrant.Meta):  # type: ignore[misc]
        abstract = False


class PushedAuthorizationRequest(models.Model):
    """An authorization request that a client pushed (RFC 9126); `request_uri` holds the reference's digest.

    The names are those of the toolkit's next release.
    """

    request_uri = models.CharField(max_length=64, unique=True)
    client_id = models.CharField(max_length=255, db_index=True)
    parameters = models.JSONField(default=dict)
    expires = models.DateTimeField(db_index=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"PushedAuthorizationRequest #{self.pk}"
