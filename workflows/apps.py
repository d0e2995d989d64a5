"""The Django application of workflows."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class WorkflowsConfig(AppConfig):
    """Cases and how they run."""

    name = "workflows"

    def ready(self) -> None:
        """Find the calendars that this portal has besides those that come along."""
        from workflows.definitions.calendars import add_folder

        for folder in settings.CALENDARS_DIRS:
            add_folder(Path(folder))
