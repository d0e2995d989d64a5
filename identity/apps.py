"""The Django application `identity`."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, their ways of signing in, roles of staff, and clients of the token endpoints."""

    name = "identity"
    verbose_name = "Identity"
