"""What is to be done next: jobs, the slots that limit each lane, and messages already taken in."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from onestop.lib.sealed_fields import SealedText
from workflows.models.cases import Case
from workflows.sealed import SealedJSONField


class Job(models.Model):
    """One thing to do for one case. The table is the truth; see :mod:`workflows.dispatch.queue`."""

    class Kind(models.TextChoices):
        """What is done: an outside call, a check of one, or an event handed to the engine."""

        START = "start", "Start the case"
        CALL = "call", "Call an agency"
        CHECK = "check", "Ask an agency again"
        TIMER = "timer", "Timer"
        STATUS = "status", "Status from an agency"
        OPEN = "open", "Ask somebody else"
        ANSWER = "answer", "Answer of somebody else"

    class State(models.TextChoices):
        """SCHEDULED waits for its time, with an index of its own; DONE is final, DEAD can be resent.

        HELD belongs to a paused case.
        """

        READY = "ready", "Ready"
        SCHEDULED = "scheduled", "Scheduled"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        DEAD = "dead", "Dead"
        HELD = "held", "Held while the case is paused"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="jobs")
    lane = models.CharField(max_length=60)
    order_key = models.CharField(
        max_length=64, blank=True, help_text="Jobs of a lane with the same key go one after the other"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token = models.CharField(max_length=200, blank=True)
    dedupe = models.CharField(max_length=300, unique=True)
    payload = SealedJSONField(default=dict)
    result = SealedJSONField(null=True, default=None, help_text="The agency's answer, kept before it is used")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    priority = models.SmallIntegerField(default=5)
    run_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0, help_text="Claims since it was made: the fence")
    failures = models.PositiveIntegerField(default=0, help_text="Failures since it was made or resent")
    lease_until = models.DateTimeField(null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error = SealedText(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["priority", "run_at", "id"], name="workflows_job_ready", condition=Q(state="ready")
            ),
            models.Index(fields=["run_at"], name="workflows_job_scheduled", condition=Q(state="scheduled")),
            models.Index(fields=["lease_until"], name="workflows_job_running", condition=Q(state="running")),
            models.Index(fields=["case", "token"], name="workflows_job_case"),
            models.Index(
                fields=["lane", "order_key", "id"],
                name="workflows_job_order",
                condition=~Q(order_key="") & ~Q(state="done"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe} {self.state}"


class Slot(models.Model):
    """One place of a lane: as many jobs of a lane run at once as it has slots, on all hosts together."""

    lane = models.CharField(max_length=60)
    n = models.PositiveSmallIntegerField()
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="slot")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lane", "n"], name="workflows_slot_once"),)

    def __str__(self) -> str:
        return f"{self.lane}[{self.n}]"


class Inbox(models.Model):
    """A message an agency sent, so that its repetition is known, and one that came too early is not lost."""

    class Outcome(models.TextChoices):
        """What was made of it."""

        RECORDED = "recorded", "Recorded"
        UNKNOWN = "unknown-reference", "Unknown reference"
        LATE = "late", "Late"
        NO_SERVICE = "no-service", "No service begins with it"
        STARTED = "started", "A case began with it"
        FAILED = "failed", "No case could begin with it"

    agency = models.CharField(max_length=40)
    message_id = models.CharField(max_length=200)
    reference = models.CharField(max_length=200)
    message = SealedJSONField(default=dict)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agency", "message_id"], name="workflows_inbox_once"),)
        indexes = (
            models.Index(
                fields=["agency", "reference"],
                name="workflows_inbox_unknown",
                condition=Q(outcome="unknown-reference"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} {self.message_id}"
