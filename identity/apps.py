"""The Django application `identity`."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, their ways of signing in, roles of staff, and clients of the token endpoints."""

    name = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        """Register the checks of a deployment."""
        from identity import checks  # noqa: F401 - importing registers them
