"""Applications that are being filled in."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from identity.models import User
from workflows.models.definitions import ServiceVersion
from workflows.sealed import SealedJSONField


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts."""

    def for_person(self, user: User) -> "DraftQuerySet":
        """What a person has begun, newest first."""
        return self.filter(applicant=user).select_related("service_version").order_by("-updated_at", "-pk")

    def kept(self, now: datetime) -> "DraftQuerySet":
        """Those that have not expired."""
        return self.filter(expires_at__gt=now)


class Draft(models.Model):
    """Answers on the way to a case, kept until they expire. Deleted by submission."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    service_version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="drafts")
    answers = SealedJSONField(default=dict)
    pages_done = models.JSONField(default=list)
    prefill = SealedJSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["applicant", "-updated_at"], name="workflows_draft_person"),)

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def next_page(self) -> str:
        """The id of the first page without an answer, or "" when all are answered."""
        pages = [page["id"] for page in self.service_version.document["pages"]]
        return next((page for page in pages if page not in self.pages_done), "")
