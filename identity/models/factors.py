"""What people prove themselves by at the e-ID, besides the password on their account; and what was tried.

``bound_level`` is how surely its holder was signed in when a factor was added: a factor never proves more.
Secrets are sealed, codes are digests, and of a passkey only the public key is here.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from identity import levels
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal

_LABEL = "authenticator app"


class Factor(models.Model):
    """What every factor has: its person, the name they gave it, and how surely it was added."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(max_length=60)
    bound_level = models.CharField(max_length=60, choices=levels.CHOICES)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.name


class AuthenticatorApp(Factor):
    """A time-based one-time password (RFC 6238). ``last_step`` is the newest time step that was taken."""

    secret_sealed = SealedColumn(editable=False, label=lambda row: _LABEL)
    last_step = models.BigIntegerField(default=0)

    class Meta(Factor.Meta):
        abstract = False

    @property
    def secret(self) -> bytes:
        """The shared key."""
        return unseal(bytes(self.secret_sealed), label=_LABEL)

    @secret.setter
    def secret(self, key: bytes) -> None:
        self.secret_sealed = seal(key, label=_LABEL)


class Passkey(Factor):
    """A WebAuthn credential. ``credential`` is the attested credential data: id and COSE public key."""

    credential_id = models.CharField(max_length=1400, unique=True, help_text="base64url")
    credential = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0)

    class Meta(Factor.Meta):
        abstract = False


class RecoveryCode(models.Model):
    """One of a set of codes, each good once in place of the authenticator app; kept as a keyed digest."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=43)
    bound_level = models.CharField(max_length=60, choices=levels.CHOICES)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="identity_recovery_once")
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class SignInAttempt(models.Model):
    """One try with a secret that could be guessed: for which name, from where (both as keyed digests)."""

    name_index = models.CharField(max_length=43)
    address_index = models.CharField(max_length=43)
    tried_at = models.DateTimeField(default=timezone.now)
    succeeded = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["name_index", "address_index", "tried_at"], name="identity_tried_pair"),
            models.Index(fields=["address_index", "tried_at"], name="identity_tried_address"),
            models.Index(fields=["tried_at"], name="identity_tried_at"),
        ]

    def __str__(self) -> str:
        return f"attempt at {self.tried_at}"
