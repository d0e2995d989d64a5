"""The Django application of workflows."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Cases and how they run."""

    name = "workflows"
