"""What a case asks of people: co-signatures of citizens, tasks of caseworkers; and what it tells them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from identity.models import User
from identity.policies import is_steward, roles, staffed_units
from workflows.models.cases import Case
from workflows.sealed import SealedJSONField

RESEND = "resend"  # the outcome that repeats a delivery and decides nothing about the case


class CoSignQuerySet(models.QuerySet["CoSignRequest"]):
    """Reads of co-sign requests."""

    def for_person(self, user: User) -> "CoSignQuerySet":
        """What a person was asked, newest first; people without a personal number were asked nothing."""
        if not user.identifier_index:
            return self.none()
        asked = self.filter(identifier_index=user.identifier_index)
        return asked.select_related("case__applicant", "case__service_version").order_by("-created_at", "-pk")

    def waiting(self) -> "CoSignQuerySet":
        """Those without an answer yet."""
        return self.filter(state=CoSignRequest.State.WAITING)


class CoSignRequest(models.Model):
    """Somebody is asked to agree to a case; known by blind index, since there may be no user yet."""

    class State(models.TextChoices):
        """Where the request is; all but the first are final."""

        WAITING = "waiting", "Waiting"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"
        CLOSED = "closed", "Closed without an answer"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="cosign_requests")
    token = models.CharField(max_length=200)
    identifier_index = models.CharField(max_length=43, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CoSignQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "token", "identifier_index"], name="workflows_cosign_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.token} {self.state}"


class TaskQuerySet(models.QuerySet["Task"]):
    """Reads of caseworkers' tasks."""

    def for_member(self, user: User) -> "TaskQuerySet":
        """The queue of a member of staff: soonest due first, then oldest.

        It holds what their units are asked and, for those who connect agencies or run the portal, the
        deliveries that wait for a unit without caseworkers.
        """
        mine = Q(unit__in={unit for role, unit in roles(user) if role == "caseworker"})
        rows = self
        if is_steward(user):
            rows = rows.alias(offers=Cast("outcomes", models.TextField()))
            mine |= Q(offers__contains=f'"{RESEND}"') & ~Q(unit__in=staffed_units())
        queue = rows.filter(mine).select_related("case__service_version", "case__applicant")
        return queue.order_by(models.F("due_at").asc(nulls_last=True), "created_at", "pk")

    def open(self) -> "TaskQuerySet":
        """Those nobody has decided."""
        return self.filter(state=Task.State.OPEN)


class Task(models.Model):
    """A question to the caseworkers of one unit. ``value`` is what they need to see to decide."""

    class State(models.TextChoices):
        """Where the task is; the last two are final."""

        OPEN = "open", "Open"
        DECIDED = "decided", "Decided"
        CLOSED = "closed", "Settled otherwise"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    token = models.CharField(max_length=200)
    unit = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    question = SealedJSONField(default=str, help_text="Why a person is needed")
    value = SealedJSONField(default=dict)
    outcomes = models.JSONField(default=list)
    skills = models.JSONField(default=list, blank=True, help_text="What who decides must be able to do")
    priority = models.PositiveSmallIntegerField(default=5, help_text="1 is the most urgent")
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_tasks",
    )
    decision = models.CharField(max_length=40, blank=True)
    reason = SealedJSONField(default=str)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "token"], name="workflows_task_once"),)
        indexes = (models.Index(fields=["unit", "state", "due_at", "id"], name="workflows_task_queue"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.kind} {self.state}"


class Notification(models.Model):
    """Something a person is told about a case; ``kind`` names the text."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notifications")
    token = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    data = SealedJSONField(default=dict)
    texts = models.JSONField(default=dict, blank=True, help_text="Of the definition, by language")
    channels = models.JSONField(default=list, blank=True, help_text="How besides the portal")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "user", "token"], name="workflows_told_once"),)
        indexes = (models.Index(fields=["user", "-created_at"], name="workflows_told_person"),)

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
