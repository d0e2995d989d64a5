"""Publishing the definitions that come with the project; repeating it changes nothing."""

from django.utils import timezone

from workflows.definitions.loading import shipped
from workflows.publishing import publish


def seed_definitions() -> None:
    """Publish every shipped definition; raises DefinitionRefused and VersionInUse."""
    for document in shipped():
        publish(document, now=timezone.now())
