"""Files that people send along with an application: kept sealed, shown to nobody before they are judged."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from identity.models import User
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal
from workflows.models.cases import Case


class UploadQuerySet(models.QuerySet["Upload"]):
    """Reads of uploads."""

    def of_draft(self, draft_id: uuid.UUID) -> "UploadQuerySet":
        """What was sent along with a draft, or with the case that it became, the oldest first."""
        return self.filter(draft_id=draft_id).order_by("created_at", "pk")

    def waiting(self, now: datetime) -> "UploadQuerySet":
        """Held back files whose time to be scanned again has come."""
        due = Q(next_scan_at=None) | Q(next_scan_at__lte=now)
        return self.filter(due, state=Upload.State.QUARANTINED).order_by("created_at", "pk")


class Upload(models.Model):
    """One file. ``draft_id`` is that of the draft it was sent with, which its case keeps."""

    class State(models.TextChoices):
        """Only a clean file is served; an infected one is gone, its row says that it was."""

        QUARANTINED = "quarantined", "Held back until it is scanned"
        CLEAN = "clean", "Clean"
        INFECTED = "infected", "Refused: it carries a virus"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    draft_id = models.UUIDField(db_index=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    field = models.CharField(max_length=60)
    name_sealed = SealedColumn(editable=False, label=lambda row: row.label("name"))
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(help_text="Bytes, as kept")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINED)
    finding = models.CharField(max_length=200, blank=True, help_text="The virus, or why it is held back")
    scans = models.PositiveSmallIntegerField(default=0)
    next_scan_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["next_scan_at"],
                name="workflows_upload_held",
                condition=Q(state="quarantined"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"

    def label(self, column: str) -> str:
        """What binds a sealed part of the file to this row."""
        return f"upload:{self.public_id}:{column}"

    @property
    def name(self) -> str:
        """The name it is shown and served under."""
        return unseal(bytes(self.name_sealed), label=self.label("name")).decode()

    @name.setter
    def name(self, name: str) -> None:
        self.name_sealed = seal(name.encode(), label=self.label("name"))

    @property
    def is_servable(self) -> bool:
        """Whether anybody may be given it."""
        return self.state == self.State.CLEAN

    def is_of(self, user: User) -> bool:
        """Whether the user sent it."""
        return self.owner_id == user.pk


class UploadContent(models.Model):
    """The bytes of an upload, apart from it so that lists do not carry them."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="content")
    sealed = SealedColumn(editable=False, label=lambda row: row.upload.label("content"))

    def __str__(self) -> str:
        return f"content of {self.upload_id}"

    def opened(self) -> bytes:
        """What was kept."""
        return unseal(bytes(self.sealed), label=self.upload.label("content"))

    @classmethod
    def of(cls, upload: Upload, content: bytes) -> "UploadContent":
        """The content, sealed for its upload; not saved."""
        return cls(upload=upload, sealed=seal(content, label=upload.label("content")))
