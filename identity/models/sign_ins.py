"""Sign-ins at the portal, one for each browser, so that a person can see them and end one of them."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from identity import levels
from identity.models.people import User


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Reads of sign-ins."""

    def of(self, user: User) -> "SignInQuerySet":
        """Those of one person, the newest first."""
        return self.filter(user=user).order_by("-started_at", "-id")

    def living(self) -> "SignInQuerySet":
        """Not ended by anybody; the browser's session may still have run out."""
        return self.filter(ended_at=None)


class SignIn(models.Model):
    """One person signed in with one browser: over which e-ID, how surely, since when.

    ``sid`` is the e-ID's own name for its session, by which it tells us that the person signed out there
    (OpenID Connect Back-Channel Logout 1.0). ``session_key`` is the digest that finds the browser's
    session.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    sid = models.CharField(max_length=255, blank=True)
    name_id = models.CharField(max_length=255, blank=True, help_text="In SAML: the NameID it came with")
    session_key = models.CharField(max_length=40)
    acr = models.CharField(max_length=60, choices=levels.CHOICES)
    browser = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        null=True, blank=True
    )
    is_revoked = models.BooleanField(default=False, help_text="Ended from elsewhere, not signed out here")

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-started_at"], name="identity_sign_ins_of"),
            models.Index(fields=["issuer", "sid"], name="identity_sign_in_sid"),
            models.Index(fields=["issuer", "subject"], name="identity_sign_in_subject"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class UsedLogoutToken(models.Model):
    """The number of an e-ID's logout token, kept until it has ended, so that it is taken once (A82)."""

    issuer = models.CharField(max_length=255)
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "jti"], name="identity_logout_once")]

    def __str__(self) -> str:
        return f"logout token of {self.issuer}"
