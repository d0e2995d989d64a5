"""Django's name for this package; the table prefix and migration label is ``adapters``."""

from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    """Connections, the exchange log and the workbench queue."""

    name = "adapters"
    label = "adapters"
    verbose_name = "Adapters"
