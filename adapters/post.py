"""Mail that came to our mailboxes: kept sealed before it is taken from the server, found by its token."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal

LEASE = timedelta(seconds=60)


class Postbox(models.Model):
    """One connection's mailbox, and until when one worker alone empties it."""

    connection = models.CharField(max_length=40, unique=True)
    leased_until = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.connection

    def lease(self, now: datetime) -> bool:
        """Take the box for a minute; False where another worker has it."""
        free = Postbox.objects.filter(pk=self.pk, leased_until__lte=now)
        return free.update(leased_until=now + LEASE) == 1

    def release(self, now: datetime) -> None:
        """Give it back."""
        Postbox.objects.filter(pk=self.pk).update(leased_until=now)


class InboundMail(models.Model):
    """One mail as it came. ``digest`` is SHA-256 over its bytes: the same mail twice is one row."""

    connection = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    token = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=10)
    content_sealed = SealedColumn(label=lambda row: row.label())
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "digest"], name="inbound_mail_once"),)
        indexes = (models.Index(fields=["connection", "token"], name="inbound_mail_token"),)

    def __str__(self) -> str:
        return f"{self.connection} {self.kind}"

    def label(self) -> str:
        """What binds the mail to this row."""
        return f"mail:{self.connection}:{self.digest}"

    @property
    def content(self) -> bytes:
        """The mail's bytes."""
        return unseal(bytes(self.content_sealed), label=self.label())

    @content.setter
    def content(self, value: bytes) -> None:
        self.content_sealed = seal(value, label=self.label())
