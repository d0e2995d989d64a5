"""Rows of the outside world: connections, the exchange log, and the queue of the portal's own units.

What agencies and citizens said is sealed (AES-GCM); each sealed column is bound to its row and its name, so a
ciphertext moved to another row or column does not open.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from adapters.batches import BatchFile, BatchRecord
from adapters.hearings import Inquiry, Ruling
from adapters.post import InboundMail, Postbox
from adapters.sealed import seal_json, unseal_json
from onestop.lib.sealed_fields import SealedColumn, SealedText
from onestop.lib.sealing import unseal

__all__ = [
    "BatchFile",
    "BatchRecord",
    "Connection",
    "Exchange",
    "InboundMail",
    "Inquiry",
    "Postbox",
    "Ruling",
    "WorkbenchItem",
    "document_label",
    "seal_json",
    "sealed_column",
    "unseal_json",
]


class Connection(models.Model):
    """One agency's system as this portal reaches it. Its files are in ``adapters/connections/<key>/``."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    base_url = models.CharField(max_length=500, blank=True)
    settings = models.JSONField(default=dict)
    credentials_sealed = SealedColumn(default=b"", label=lambda row: row.label())
    contract_hash = models.CharField(max_length=64, blank=True)
    enabled = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    def label(self) -> str:
        """What binds the credentials to this row."""
        return f"connection:{self.key}"

    @property
    def credentials(self) -> dict[str, str]:
        """The opened credentials; never logged, never shown."""
        opened: dict[str, str] = unseal_json(self.credentials_sealed, self.label())
        return opened

    @credentials.setter
    def credentials(self, value: dict[str, str]) -> None:
        self.credentials_sealed = seal_json(value, self.label())


def sealed_column(exchange: uuid.UUID, column: str) -> str:
    """What binds a sealed column of the exchange log to its row, by the row's public id."""
    return f"exchange:{exchange}:{column}"


def document_label(digest: str) -> str:
    """What binds a stored document to its row, by the SHA-256 of its bytes in hex."""
    return f"document:{digest}"


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Reads of the exchange log."""

    def for_case(self, reference: str) -> "ExchangeQuerySet":
        """Everything said about one case, oldest first."""
        return self.filter(case_reference=reference).order_by("started_at", "id")

    def recent(self) -> "ExchangeQuerySet":
        """Newest first, in the order in which they were begun."""
        return self.order_by("-id")

    def for_connection(self, key: str) -> "ExchangeQuerySet":
        """Everything said over one connection, newest first."""
        return self.filter(connection=key).order_by("-started_at", "-id")

    def attempts(self, connection: str, operation: str, key: str) -> "ExchangeQuerySet":
        """Every time we tried one effect, oldest first. ``key`` is its idempotency key."""
        tried = self.filter(idempotency_key=key, connection=connection, operation=operation)
        return tried.filter(direction=Exchange.Direction.OUT).order_by("started_at", "id")

    def not_understood(self) -> "ExchangeQuerySet":
        """Answers that did not fit the contract and wait for a look."""
        return self.filter(state=Exchange.State.NOT_UNDERSTOOD)


class Exchange(models.Model):
    """One call to, or from, an agency: written before it is made and finished after, even on error."""

    class State(models.TextChoices):
        """SENDING until an answer, or its absence, is known; the rest are results and errors of the port."""

        SENDING = "sending", "Sending"
        ACCEPTED = "accepted", "Accepted"
        PENDING = "pending", "Pending"
        REJECTED = "rejected", "Rejected"
        RETRY = "retry", "Asked to try again"
        UNAVAILABLE = "unavailable", "No answer"
        NOT_UNDERSTOOD = "not-understood", "Not understood"
        REFUSED = "refused", "Refused before sending"
        MISCONFIGURED = "misconfigured", "Connection misconfigured"
        UNKNOWN = "unknown", "Not known whether it arrived"

    class Direction(models.TextChoices):
        """Who called."""

        OUT = "out", "We called"
        IN = "in", "They called"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.CharField(max_length=40)
    operation = models.CharField(max_length=80)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    case_reference = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=200, blank=True)
    correlation_id = models.CharField(max_length=100, blank=True)
    idempotency_key = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=120, blank=True)
    canonical = SealedColumn(default=b"", label=lambda row: row.label("canonical"))
    sent = SealedColumn(default=b"", label=lambda row: row.label("sent"))
    received = SealedColumn(default=b"", label=lambda row: row.label("received"))
    answer = SealedColumn(default=b"", label=lambda row: row.label("answer"))
    sent_document = models.ForeignKey(
        "StoredDocument", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    received_document = models.ForeignKey(
        "StoredDocument", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    sent_type = models.CharField(max_length=120, blank=True)
    received_type = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.SENDING)
    detail = SealedText(max_length=1000, blank=True)
    line = models.PositiveIntegerField(default=0)
    check_after = models.FloatField(null=True, blank=True, help_text="Seconds, of a pending answer")
    is_uncertain = models.BooleanField(
        default=False, help_text="It may have arrived, and what became of it is not known"
    )
    owner = models.CharField(max_length=200, blank=True, help_text="The process that made the call")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        indexes = (  # each is a page more that every call writes twice: rows come in the order of their keys
            models.Index(
                fields=["case_reference", "started_at"], name="exchange_case", condition=~Q(case_reference="")
            ),
            models.Index(fields=["connection", "started_at"], name="exchange_connection"),
            models.Index(fields=["idempotency_key"], name="exchange_key", condition=~Q(idempotency_key="")),
            models.Index(fields=["started_at"], name="exchange_sending", condition=Q(state="sending")),
        )

    def __str__(self) -> str:
        return f"{self.connection}.{self.operation} {self.state}"

    def label(self, column: str) -> str:
        """What binds a sealed column to this row."""
        return sealed_column(self.public_id, column)

    @property
    def canonical_value(self) -> Any:
        """The canonical value that was to be sent."""
        return unseal_json(self.canonical, self.label("canonical"))

    @property
    def answer_value(self) -> Any:
        """The canonical value that was understood from the answer."""
        return unseal_json(self.answer, self.label("answer"))

    @property
    def sent_bytes(self) -> bytes:
        """What went over the wire."""
        return self._wire("sent", self.sent_document)

    @property
    def received_bytes(self) -> bytes:
        """What came over the wire."""
        return self._wire("received", self.received_document)

    def _wire(self, column: str, document: "StoredDocument | None") -> bytes:
        if document is not None:
            return document.content
        sealed = bytes(getattr(self, column))
        return unseal(sealed, label=self.label(column)) if sealed else b""

    @property
    def milliseconds(self) -> int | None:
        """How long it took; None while it is under way."""
        if self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1000)


class Gate(models.Model):
    """What holds one connection's calls back, for all workers: its circuit and its token bucket."""

    key = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(default=0, help_text="Calls without an answer, in a row")
    open_since = models.DateTimeField(null=True, blank=True, help_text="Since when the circuit is open")
    open_until = models.DateTimeField(null=True, blank=True, help_text="When the next call may try")
    probes = models.PositiveIntegerField(default=0, help_text="Tries since the circuit opened")
    reason = models.CharField(max_length=300, blank=True)
    spent_until = models.DateTimeField(null=True, blank=True, help_text="When the bucket is full again")
    held_until = models.DateTimeField(null=True, blank=True, help_text="When the bucket has a token again")
    check_due_at = models.DateTimeField(null=True, blank=True, help_text="When its health is looked at next")

    def __str__(self) -> str:
        return f"{self.key} {'open' if self.open_since else 'closed'}"


class Caller(models.Model):
    """A process that calls agencies, and its last sign of life by the database's clock."""

    name = models.CharField(max_length=200, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ConnectionCheck(models.Model):
    """What one look at a connection found. Rows are kept, so that the past can be told."""

    class State(models.TextChoices):
        """How a connection is: DOWN serves nobody, DEGRADED needs somebody soon."""

        OK = "ok", "In order"
        DEGRADED = "degraded", "Needs attention"
        DOWN = "down", "Down"
        UNKNOWN = "unknown", "Not known"

    class Credentials(models.TextChoices):
        """What the agency says to our credentials."""

        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        UNTRIED = "untried", "Not tried"

    class Contract(models.TextChoices):
        """The published contract against the one that we hold."""

        SAME = "same", "Unchanged"
        CHANGED = "changed", "Changed"
        UNREADABLE = "unreadable", "Cannot be read"
        UNPUBLISHED = "unpublished", "Not published"

    connection = models.CharField(max_length=40)
    checked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateTimeField(help_text="Since when it has been in this state")
    is_reachable = models.BooleanField(null=True, help_text="Empty where there is nothing to reach")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    credentials = models.CharField(max_length=10, choices=Credentials.choices, default=Credentials.UNTRIED)
    certificate_expires_at = models.DateTimeField(null=True, blank=True)
    contract = models.CharField(max_length=12, choices=Contract.choices, default=Contract.UNPUBLISHED)
    contract_hash = models.CharField(max_length=64, blank=True)
    changes = models.JSONField(default=list)
    findings = models.JSONField(default=list, help_text="What is not in order, a sentence each")

    class Meta:
        indexes = (models.Index(fields=["connection", "-checked_at"], name="check_recent"),)

    def __str__(self) -> str:
        return f"{self.connection} {self.state}"

    @property
    def is_breaking(self) -> bool:
        """Whether the published contract breaks what we hold."""
        return any(change["breaking"] for change in self.changes)


class StoredDocument(models.Model):
    """A large text of a canonical value, or a large message, kept once and referred to."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the bytes, in hex")
    size = models.PositiveIntegerField(help_text="Bytes")
    content_sealed = SealedColumn(label=lambda row: document_label(row.digest))
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.digest} {self.size}"

    @property
    def content(self) -> bytes:
        """The bytes; a text in UTF-8."""
        return unseal(bytes(self.content_sealed), label=document_label(self.digest))


class WorkbenchQuerySet(models.QuerySet["WorkbenchItem"]):
    """Reads of the workbench queue."""

    def for_unit(self, connection: str) -> "WorkbenchQuerySet":
        """One unit's queue, oldest first."""
        return self.filter(connection=connection).order_by("created_at", "id")

    def open(self) -> "WorkbenchQuerySet":
        """Not dealt with yet."""
        return self.filter(state=WorkbenchItem.State.OPEN)


class WorkbenchItem(models.Model):
    """Something told to a unit that works inside this portal, waiting in its queue."""

    COURT_DECISION = "court-decision"  # the operation of an item that no workflow sends: decide again

    class State(models.TextChoices):
        """Where the unit's clerk is with it."""

        OPEN = "open", "Open"
        DONE = "done", "Done"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.CharField(max_length=40)
    operation = models.CharField(max_length=80)
    idempotency_key = models.CharField(max_length=200)
    reference = models.CharField(max_length=60, unique=True)
    case_reference = models.CharField(max_length=40, blank=True)
    value_sealed = SealedColumn(label=lambda row: row.label())
    is_for_decision = models.BooleanField(default=False, help_text="The unit decides it by a ruling")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, blank=True)

    objects = WorkbenchQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "idempotency_key"], name="workbench_once"),
        )
        indexes = (models.Index(fields=["connection", "state", "created_at"], name="workbench_queue"),)

    def __str__(self) -> str:
        return self.reference

    def label(self) -> str:
        """What binds the value to this row."""
        return f"workbench:{self.public_id}"

    @property
    def value(self) -> Any:
        """The canonical value that was told."""
        return unseal_json(self.value_sealed, self.label())

    @value.setter
    def value(self, value: Any) -> None:
        self.value_sealed = seal_json(value, self.label())

    def close(self, *, actor: str, now: datetime) -> None:
        """Mark as dealt with; the caller has checked who may."""
        self.state = self.State.DONE
        self.closed_at, self.closed_by = now, actor
        self.save(update_fields=["state", "closed_at", "closed_by"])
