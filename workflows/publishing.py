"""Publishing versions of services."""

from datetime import datetime
from typing import Any

from django.db import transaction

from workflows.definitions.checking import DefinitionRefused, Known, check
from workflows.models import ServiceVersion


class VersionInUse(Exception):
    """Another document was published under this version and is in use. Final: publish a higher version."""

    def __init__(self, service: str, version: int) -> None:
        super().__init__(f"{service} v{version}")
        self.service = service
        self.version = version


@transaction.atomic
def publish(document: dict[str, Any], *, now: datetime, known: Known | None = None) -> ServiceVersion:
    """Publish a checked document; the same again changes nothing. Raises DefinitionRefused, VersionInUse.

    ``known`` is what there is here: names of agencies, units and texts that are not, are refused too. As long
    as nobody has begun on a version, its document may still be replaced.
    """
    problems = check(document, known)
    if problems:
        raise DefinitionRefused(problems)
    service, number = document["service"], document["version"]
    version = ServiceVersion.objects.select_for_update().filter(service=service, version=number).first()
    if version is None:
        return ServiceVersion.objects.create(
            service=service, version=number, document=document, published_at=now
        )
    if version.document == document:
        return version
    if version.cases.exists() or version.drafts.exists():
        raise VersionInUse(service, number)
    version.document, version.published_at = document, now
    version.save(update_fields=["document", "published_at"])
    return version
