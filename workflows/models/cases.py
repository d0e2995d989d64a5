"""Cases, their timelines, and the numbers agencies know them by."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from identity.models import User
from workflows.models.definitions import ServiceVersion
from workflows.sealed import SealedJSONField


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads of cases."""

    def for_person(self, user: User) -> "CaseQuerySet":
        """A person's own cases and those they were asked to co-sign, newest first."""
        mine = Q(applicant=user)
        if user.identifier_index:
            mine |= Q(cosign_requests__identifier_index=user.identifier_index)
        return self.filter(mine).select_related("service_version").distinct().order_by("-submitted_at", "-pk")

    def under_way(self) -> "CaseQuerySet":
        """Those that have not ended."""
        return self.filter(status__in=(Case.Status.OPEN, Case.Status.NEEDS_PERSON))

    def ended(self) -> "CaseQuerySet":
        """Those to which nothing more will happen."""
        return self.exclude(status__in=(Case.Status.OPEN, Case.Status.NEEDS_PERSON))


class Case(models.Model):
    """One application, submitted. Its state is the engine's; only `workflows.dispatch.moving` changes it."""

    class Status(models.TextChoices):
        """Where the case is, in one word. The last three are final."""

        OPEN = "open", "In progress"
        NEEDS_PERSON = "needs-person", "With an officer"
        COMPLETED = "completed", "Completed"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Withdrawn"

    reference = models.CharField(max_length=20, unique=True)
    service_version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="cases")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases_filed",
        help_text="Who filed it in the applicant's name; empty for the applicant",
    )
    correlation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="appeals",
        help_text="The decided case that this one is about",
    )
    draft_id = models.UUIDField(
        unique=True, help_text="The draft it came from: submitting twice makes one case"
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    state = SealedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when staff hold it; nothing runs"
    )
    answers = SealedJSONField(default=dict)
    receipt = SealedJSONField(default=dict)
    submitted_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["applicant", "-submitted_at"], name="workflows_case_person"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in (self.Status.COMPLETED, self.Status.REFUSED, self.Status.CANCELLED)

    def next_seq(self) -> int:
        """The number of the next entry of the timeline; call it while the case is locked."""
        last = self.events.aggregate(last=models.Max("seq"))["last"]
        return (last or 0) + 1


class CaseEvent(models.Model):
    """An entry of the case's timeline: append-only, in order."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    token = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True, help_text="An English message to be translated")
    data = SealedJSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("seq",)
        constraints = (models.UniqueConstraint(fields=["case", "seq"], name="workflows_event_order"),)

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind}"


class CaseReference(models.Model):
    """The number an agency gave to something of a case, by which its later message finds the case."""

    connection = models.CharField(max_length=40)
    reference = models.CharField(max_length=200)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="references")
    token = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "reference"], name="workflows_reference_once"),
        )

    def __str__(self) -> str:
        return f"{self.connection} {self.reference}"
