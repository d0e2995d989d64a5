"""Consents: to whom a person let a case be told that no law wants told, and what they took back."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from identity.models import User
from workflows.models.cases import Case


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Reads of consents."""

    def of(self, user: User) -> "ConsentQuerySet":
        """Those of a person's own cases, the newest first."""
        mine = self.filter(case__applicant=user).select_related("case__service_version", "case__applicant")
        return mine.order_by("-given_at", "-pk")


class Consent(models.Model):
    """A consent that was given: to one step of one case. What was not ticked has no row.

    What it was for stands in the case's version of the service, which does not change.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consents")
    step = models.CharField(max_length=60)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "step"], name="workflows_consent_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"

    def _block(self) -> dict[str, Any]:
        return self.case.service_version.definition.block(self.step)

    @property
    def purpose(self) -> str:
        """What the person was told that it is for, an English message to be translated."""
        return str(self._block()["optional"]["purpose"])

    @property
    def tells(self) -> str:
        """What the person was told that is sent, an English message to be translated."""
        return str(self._block()["optional"]["tells"])

    @property
    def connection(self) -> str:
        """The key of the agency that is told."""
        key = str(self._block()["connection"])
        if not key.startswith("="):
            return key
        compiled = self.case.service_version.definition.compiled(key[1:])
        return str(compiled(self.case.state.get("data", {})) or "")
