"""Batch files in the making: records of many calls that go to an agency in one file, and its answers.

A file is numbered when it is opened, takes records while it collects, and is fixed once closed. All that is
said in a record is sealed and bound to its row. ``leased_until`` keeps two workers from carrying one file.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from adapters.sealed import seal_json, unseal_json
from onestop.lib.sealed_fields import SealedColumn

LEASE = timedelta(seconds=60)


class _Answered(models.Model):
    """A row that an agency gives a verdict on: ``{"code": …, "values": {…}}``, ``{}`` until there is one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verdict_sealed = SealedColumn(default=b"", label=lambda row: row.label("verdict"))

    class Meta:
        abstract = True

    def label(self, column: str) -> str:
        """What binds a sealed column to this row."""
        return f"batch:{self.public_id}:{column}"

    @property
    def verdict(self) -> dict[str, Any]:
        """The agency's verdict, of its acknowledging record."""
        opened: dict[str, Any] = unseal_json(self.verdict_sealed, self.label("verdict"))
        return opened

    @verdict.setter
    def verdict(self, value: dict[str, Any]) -> None:
        self.verdict_sealed = seal_json(value, self.label("verdict"))


class BatchFile(_Answered):
    """One file of a connection; its verdict is on the whole of it."""

    class State(models.TextChoices):
        """Where it is on its way; the order is that of the list."""

        COLLECTING = "collecting", "Collecting"
        CLOSED = "closed", "Closed, to be sent"
        SENT = "sent", "Sent"
        ANSWERED = "answered", "Answered"

    connection = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.COLLECTING)
    count = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "sequence"], name="batch_sequence"),
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(state="collecting"), name="batch_one_collects"
            ),
        )

    def __str__(self) -> str:
        return f"{self.connection} file {self.sequence}, {self.state}"

    def lease(self, now: datetime) -> bool:
        """Take the file for a minute; False where another worker has it."""
        free = BatchFile.objects.filter(pk=self.pk, leased_until__lte=now)
        return free.update(leased_until=now + LEASE) == 1

    def release(self, now: datetime) -> None:
        """Give it back."""
        BatchFile.objects.filter(pk=self.pk).update(leased_until=now)


class BatchRecord(_Answered):
    """One record of a file: what was said of one case, and what the agency answered."""

    file = models.ForeignKey(BatchFile, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    connection = models.CharField(max_length=40)
    idempotency_key = models.CharField(max_length=200)
    operation = models.CharField(max_length=80)
    case_reference = models.CharField(max_length=40, blank=True)
    values_sealed = SealedColumn(default=b"", label=lambda row: row.label("values"))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "idempotency_key"], name="batch_record_once"),
            models.UniqueConstraint(fields=["file", "number"], name="batch_record_number"),
        )

    def __str__(self) -> str:
        return f"record {self.number} of file {self.file_id}"

    @property
    def values(self) -> dict[str, str]:
        """The agency's fields of the record."""
        opened: dict[str, str] = unseal_json(self.values_sealed, self.label("values"))
        return opened

    @values.setter
    def values(self, value: dict[str, str]) -> None:
        self.values_sealed = seal_json(value, self.label("values"))
