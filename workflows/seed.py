"""Publishing the definitions that come with the project; repeating it changes nothing."""

import logging

from django.utils import timezone

from workflows.definitions.loading import shipped
from workflows.known import here
from workflows.publishing import VersionInUse, publish

log = logging.getLogger(__name__)


def seed_definitions() -> None:
    """Publish every shipped definition; raises DefinitionRefused.

    A version that people already use stays as it was published: a changed document needs a higher version.
    """
    known = here()
    for document in shipped():
        try:
            publish(document, now=timezone.now(), known=known)
        except VersionInUse as error:
            log.warning("%s is in use and stays as it is; give the changed document a higher version", error)
