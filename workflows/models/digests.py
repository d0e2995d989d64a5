"""The daily digest of each connection, as it was written and perhaps sent."""

from django.db import models
from django.utils import timezone


class Digest(models.Model):
    """One connection's day in plain lines of text."""

    connection = models.CharField(max_length=40)
    day = models.DateField()
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_to = models.JSONField(default=list, help_text="Addresses it was sent to")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it could not be sent")

    class Meta:
        ordering = ("-day", "connection")
        constraints = (models.UniqueConstraint(fields=["connection", "day"], name="workflows_digest_once"),)

    def __str__(self) -> str:
        return f"{self.connection} {self.day}"
