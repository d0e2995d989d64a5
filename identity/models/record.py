"""The record of who did what with whose data: entries that are only added, and the batches that seal them."""

import uuid
from typing import Any, Never

from django.db import models
from django.utils import timezone

from onestop.lib.sealed_fields import SealedColumn


class AppendOnly(Exception):
    """Somebody tried to change or delete what is only added to. Final: a fault of the program."""


class RecordQuerySet(models.QuerySet["RecordEntry"]):
    """Reads of entries; nothing here changes or deletes one."""

    def about(self, *indexes: str) -> "RecordQuerySet":
        """Those about one person, by the blind indexes they are known under; "" is nobody's."""
        return self.filter(person__index__in=[index for index in indexes if index])

    def unsealed(self) -> "RecordQuerySet":
        """Those no batch holds yet, the oldest first."""
        return self.filter(batch=None).order_by("pk")

    def delete(self) -> Never:
        """Refused."""
        raise AppendOnly("entries of the record are not deleted")


class RecordPerson(models.Model):
    """A person with a key of their own: without it, what the record says about them cannot be read.

    ``index`` is the blind index of the personal number, "" once the key is destroyed: nothing then leads
    from the number to the entries, and they stay only as links of the chain.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    index = models.CharField(max_length=43, blank=True)
    key_sealed = SealedColumn(default=b"", editable=False, label=lambda row: row.label())
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["index"], name="identity_record_person_once", condition=~models.Q(index="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def label(self) -> str:
        """What binds the key to this row."""
        return f"record-person:{self.public_id}"


class RecordBatch(models.Model):
    """Entries sealed together: a Merkle root (RFC 6962, 2.1), chained to the one before, signed (Ed25519)."""

    number = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 … without a gap")
    count = models.PositiveIntegerField(help_text="How many entries it holds")
    root = models.CharField(max_length=64, help_text="Merkle root of the entries, hex")
    previous = models.CharField(max_length=64, help_text="Digest of the batch before, hex")
    digest = models.CharField(max_length=64, help_text="SHA-256 of number, count, root, previous and time")
    signature = models.CharField(max_length=128, help_text="Ed25519 over the digest, hex")
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"batch {self.number}"


class RecordEntry(models.Model):
    """One thing done with one person's data. What was done is sealed with that person's key."""

    class Kind(models.TextChoices):
        """What was done."""

        READ = "read", "Somebody read it"
        ASKED = "asked", "A register was asked"
        TOLD = "told", "An agency was told"
        EXPORTED = "exported", "The person took a copy"
        ERASED = "erased", "Data was erased"
        LINKED = "linked", "An e-ID opens the account"
        UNLINKED = "unlinked", "An e-ID opens the account no more"
        FACTOR = "factor", "What the person signs in with was changed"
        SET_UP = "set-up", "How the portal works was changed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(RecordPerson, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    sealed = models.BinaryField(editable=False)
    batch = models.ForeignKey(RecordBatch, on_delete=models.PROTECT, null=True, related_name="entries")
    place = models.PositiveIntegerField(null=True, help_text="Which leaf of its batch, from 0")

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="identity_record_of"),
            models.Index(fields=["id"], name="identity_record_unsealed", condition=models.Q(batch=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="identity_record_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; raises AppendOnly where it is in the record already."""
        if not self._state.adding:
            raise AppendOnly("entries of the record are not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refused."""
        raise AppendOnly("entries of the record are not deleted")
