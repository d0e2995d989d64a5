"""Mandates: one person may act for another, in some services, for some time, until it is taken back."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from identity.models.people import User
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Reads of mandates."""

    def living(self, now: datetime) -> "MandateQuerySet":
        """Those that hold at this moment: begun, not over, not taken back, and both people may sign in."""
        held = self.filter(revoked_at=None, valid_from__lte=now, valid_until__gt=now)
        return held.filter(principal__is_active=True)

    def to(self, user: User) -> "MandateQuerySet":
        """Those by which a person acts for others."""
        mine = Q(agent=user)
        if user.identifier_index:
            mine |= Q(agent=None, agent_index=user.identifier_index)
        return self.filter(mine).select_related("principal").order_by("valid_until", "pk")

    def of(self, user: User) -> "MandateQuerySet":
        """Those that a person gave, the newest first."""
        return self.filter(principal=user).order_by("-granted_at", "-pk")


class Mandate(models.Model):
    """A power of representation. ``services`` lists what it is for; an empty list is every service.

    The agent is known by the blind index of the personal number, since they may never have signed in here, or
    as a member of staff (``agent``) who files at a counter with the person's consent.
    """

    class Origin(models.TextChoices):
        """Where it comes from."""

        GRANTED = "granted", "Granted by the person"
        CONSENT = "consent", "Consent given at a counter"
        REGISTER = "register", "A register says so"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mandates_given"
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mandates_held",
    )
    agent_index = models.CharField(max_length=43, blank=True, db_index=True)
    names_sealed = SealedColumn(default=b"", editable=False, label=lambda row: row.label())
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GRANTED)
    services = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["principal", "-granted_at"], name="identity_mandate_of")]

    def __str__(self) -> str:
        return str(self.public_id)

    def covers(self, service: str) -> bool:
        """Whether it is for this service."""
        return not self.services or service in self.services

    def holds(self, now: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.revoked_at is None and self.valid_from <= now < self.valid_until

    @property
    def agent_name(self) -> str:
        """The agent's name as the person wrote it."""
        return unseal(bytes(self.names_sealed), label=self.label()).decode() if self.names_sealed else ""

    @agent_name.setter
    def agent_name(self, name: str) -> None:
        self.names_sealed = seal(name.encode(), label=self.label())

    def label(self) -> str:
        """What binds the name to this row."""
        return f"mandate:{self.public_id}"


class ConsentCode(models.Model):
    """What a person tells a clerk at the counter, so that the clerk may file one thing for them."""

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=43)
    service = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"consent to {self.service}"
