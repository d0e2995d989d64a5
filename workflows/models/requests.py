"""What else a case asks for: links, events, answers, fees, times, other cases; and documents it made."""

import uuid

from django.db import models
from django.utils import timezone

from identity.models import User
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal
from workflows.models.cases import Case
from workflows.sealed import SealedJSONField


class RequestQuerySet(models.QuerySet["Request"]):
    """Reads of requests."""

    def waiting(self) -> "RequestQuerySet":
        """Those without an answer yet."""
        return self.filter(state=Request.State.WAITING)

    def for_person(self, user: User) -> "RequestQuerySet":
        """The questions that a person is asked in cases, newest first."""
        if not user.identifier_index:
            return self.none()
        mine = self.filter(kind=Request.Kind.QUESTIONS, key=user.identifier_index)
        return mine.select_related("case__service_version", "case__applicant").order_by("-created_at", "-pk")


class Request(models.Model):
    """One thing that a step waits for. ``value`` says what it is about, ``answer`` what came."""

    class Kind(models.TextChoices):
        """As the kinds of steps."""

        LINK = "link", "Link to somebody without an account"
        EVENT = "event", "Event of an agency"
        QUESTIONS = "questions", "Further questions"
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        APPOINTMENT = "appointment", "Appointment"
        SERVICE = "service", "Another service's case"
        DOCUMENT = "document", "Document"

    class State(models.TextChoices):
        """Where the request is; the last two are final."""

        WAITING = "waiting", "Waiting"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed without an answer"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    token = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    value = SealedJSONField(default=dict)
    answer = SealedJSONField(default=dict)
    outcome = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60, blank=True, help_text="The agency or provider that answers")
    topic = models.CharField(max_length=200, blank=True, help_text="Of an event, its type")
    by = models.CharField(max_length=200, blank=True, help_text="Where an event carries what it is about")
    key = models.CharField(max_length=64, blank=True, help_text="What it is found by: an index or a hash")
    reference = models.CharField(max_length=200, blank=True, help_text="The provider's or other case's")
    url = models.CharField(max_length=500, blank=True, help_text="Where the person goes to pay or to book")
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "token"], name="workflows_request_once"),)
        indexes = (
            models.Index(fields=["key", "kind"], name="workflows_request_key"),
            models.Index(fields=["source", "reference"], name="workflows_request_ref"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.token} {self.state}"


class CaseDocument(models.Model):
    """A document that a step made, kept sealed with the case."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    token = models.CharField(max_length=200)
    name = SealedJSONField(default=str)
    media_type = models.CharField(max_length=60, default="application/pdf")
    sha256 = models.CharField(max_length=64)
    content_sealed = SealedColumn(editable=False, label=lambda row: row.label())
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "token"], name="workflows_document_once"),)

    def __str__(self) -> str:
        return f"document of {self.case_id} {self.token}"

    def label(self) -> str:
        """What binds the content to this row."""
        return f"document:{self.public_id}"

    @property
    def content(self) -> bytes:
        """The document's bytes."""
        return unseal(bytes(self.content_sealed), label=self.label())

    @content.setter
    def content(self, value: bytes) -> None:
        self.content_sealed = seal(value, label=self.label())
