"""What a unit of the workbench decides, and what it asks before it decides: models of this package.

Told to the unit is a :class:`adapters.models.WorkbenchItem`; a :class:`Ruling` ends it.
"""

import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from adapters.sealed import seal_json, unseal_json
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal


class Ruling(models.Model):
    """The decision of an item, for good: the outcome, why, and the signed document that says so."""

    class Outcome(models.TextChoices):
        """What was decided."""

        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    item = models.OneToOneField("adapters.WorkbenchItem", on_delete=models.CASCADE, related_name="ruling")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    told_sealed = SealedColumn(label=lambda row: row.label("told"))
    document_sealed = SealedColumn(label=lambda row: row.label("document"))
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the document, in hex")
    decided_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.item_id} {self.outcome}"

    def label(self, column: str) -> str:
        """What binds a sealed column to this row."""
        return f"ruling:{self.item_id}:{column}"

    @property
    def told(self) -> dict[str, str]:
        """``{"reasons", "law", "decidedBy"}``."""
        value: dict[str, str] = unseal_json(self.told_sealed, self.label("told"))
        return value

    @told.setter
    def told(self, value: dict[str, str]) -> None:
        self.told_sealed = seal_json(value, self.label("told"))

    @property
    def document(self) -> bytes:
        """The signed PDF."""
        return unseal(bytes(self.document_sealed), label=self.label("document"))

    @document.setter
    def document(self, value: bytes) -> None:
        self.document_sealed = seal(value, label=self.label("document"))


class Inquiry(models.Model):
    """Something that the unit asks the citizen before it decides; empty ``answered_at``: not answered."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey("adapters.WorkbenchItem", on_delete=models.CASCADE, related_name="inquiries")
    said_sealed = SealedColumn(label=lambda row: row.label())
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(answered_at__isnull=True),
                name="inquiry_one_open",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    def label(self) -> str:
        """What binds what was said to this row."""
        return f"inquiry:{self.public_id}"

    @property
    def said(self) -> dict[str, Any]:
        """``{"question", "askedBy", "answer"}``; the last is "" until there is one."""
        value: dict[str, Any] = unseal_json(self.said_sealed, self.label())
        return value

    @said.setter
    def said(self, value: dict[str, Any]) -> None:
        self.said_sealed = seal_json(value, self.label())
