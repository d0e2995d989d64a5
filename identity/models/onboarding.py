"""How a client of an agency came to be: its registration, what was asked and decided, and its last calls."""

import uuid
from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from identity.models.clients import Application
from identity.models.record import AppendOnly


class AgencyClientQuerySet(models.QuerySet["AgencyClient"]):
    """Reads of registrations."""

    def of_agencies(self, agencies: set[str] | None) -> "AgencyClientQuerySet":
        """Those of some agencies, of all for None, the newest first."""
        rows = self.select_related("application").order_by("-created_at", "-pk")
        return rows if agencies is None else rows.filter(application__agency__in=agencies)


class AgencyClient(models.Model):
    """The registration of a client; what the token endpoint needs of it is on its application."""

    class State(models.TextChoices):
        """Whether it can get tokens, and if not, why."""

        WAITING = "waiting", "Waiting for approval"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        REFUSED = "refused", "Refused"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="registration")
    state = models.CharField(max_length=10, choices=State.choices)
    contact = models.EmailField(max_length=254)
    jwks_uri = models.URLField(
        max_length=500, blank=True, help_text="Where its keys are read; its own keys if empty"
    )
    keys_read_at = models.DateTimeField(null=True, blank=True)
    keys_problem = models.CharField(max_length=300, blank=True, help_text="Why the last reading failed")
    test_begun_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AgencyClientQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.application.client_id)

    def open_request(self) -> "ClientRequest | None":
        """The request that waits for a second person, if there is one."""
        return self.requests.filter(outcome=ClientRequest.Outcome.OPEN).select_related("asked_by").first()


class ClientRequest(models.Model):
    """What somebody asks for a client of production, and what a second person decided.

    ``asked`` and ``before`` hold the same names: ``name``, ``contact``, ``scopes``, ``jwks``, ``jwks_uri``.
    """

    class Outcome(models.TextChoices):
        """What became of it."""

        OPEN = "open", "Waiting"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(AgencyClient, on_delete=models.PROTECT, related_name="requests")
    asked = models.JSONField()
    before = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], name="identity_client_request_once", condition=Q(outcome="open")
            ),
            models.CheckConstraint(
                name="identity_client_request_decided",
                condition=Q(outcome="open", decided_by=None, decided_at=None)
                | ~Q(outcome="open") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="identity_client_request_four_eyes",
                condition=~Q(outcome__in=["approved", "refused"]) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="identity_client_request_reason", condition=~Q(outcome="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} request for {self.client_id}"


class ClientEventQuerySet(models.QuerySet["ClientEvent"]):
    """Reads of the history; nothing here changes or deletes an entry."""

    def update(self, **fields: Any) -> Never:
        """Refused."""
        raise AppendOnly("the history of a client is not changed")

    def delete(self) -> Never:
        """Refused."""
        raise AppendOnly("the history of a client is not deleted")


class ClientEvent(models.Model):
    """One step in a client's history. Without an actor it was the portal itself."""

    class Kind(models.TextChoices):
        """What was done."""

        REGISTERED = "registered", "Registered"
        ASKED = "asked", "Asked for approval"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Request withdrawn"
        CHANGED = "changed", "Changed"
        KEY_ADDED = "key-added", "Key added"
        KEY_RETIRED = "key-retired", "Key retired"
        SECRET = "secret", "New secret"
        TESTED = "tested", "Test begun"
        SUSPENDED = "suspended", "Suspended"
        RESUMED = "resumed", "Resumed"

    client = models.ForeignKey(AgencyClient, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said = models.CharField(max_length=500, blank=True)

    objects = ClientEventQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.client_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; raises AppendOnly where it is in the history already."""
        if not self._state.adding:
            raise AppendOnly("the history of a client is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refused."""
        raise AppendOnly("the history of a client is not deleted")


class ClientCall(models.Model):
    """One call of the token endpoint: a word for how it ended, and what was found (no token, no secret)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    found = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="identity_client_call_of")]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.application_id}"
