"""Published versions of services: a running case keeps the version it was submitted under."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from workflows.definitions.model import Definition


class ServiceVersionQuerySet(models.QuerySet["ServiceVersion"]):
    """Reads of published services."""

    def current(self, service: str) -> "ServiceVersion":
        """The newest version of a service; raises ServiceVersion.DoesNotExist."""
        return self.filter(service=service).order_by("-version")[:1].get()

    def shared(self, key: int) -> "ServiceVersion":
        """The version of this key, read once a process: versions in use do not change."""
        if key not in _SHARED:
            _SHARED[key] = self.get(pk=key)
        return _SHARED[key]


class ServiceVersion(models.Model):
    """One version of one service, as published; its document does not change once a case runs on it."""

    service = models.SlugField(max_length=80)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)

    objects = ServiceVersionQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service", "version"], name="workflows_version_once"),)

    def __str__(self) -> str:
        return f"{self.service} v{self.version}"

    @property
    def title(self) -> str:
        """The service's name, an English message to be translated."""
        return str(self.definition.document["title"])

    @property
    def legal_basis(self) -> str:
        """The law that permits what the service does with data, or ""."""
        return str(self.definition.document.get("legalBasis", ""))

    def purpose(self, block: dict[str, Any]) -> str:
        """Why a step asks or tells an agency: its own words, the definition's, or the service's name."""
        return str(block.get("purpose") or self.document.get("purpose") or self.title)

    @property
    def level(self) -> str:
        """The level of assurance that applying and following need."""
        return str(self.document["level"])

    @property
    def definition(self) -> Definition:
        """The document made ready to run, shared by all threads."""
        key = (self.pk, self.published_at)
        if key not in _READY:  # made twice at worst: harmless, both are the same
            _READY[key] = Definition(self.document)
        return _READY[key]


_SHARED: dict[int, ServiceVersion] = {}
_READY: dict[tuple[int, datetime], Definition] = {}


def forget() -> None:
    """Read versions anew, where keys may stand for others: another database, one that was rolled back."""
    _SHARED.clear()
