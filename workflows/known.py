"""What there is in this portal for definitions to name: connections, operations, units, texts, services."""

from django.conf import settings

from adapters import offering
from workflows.definitions.checks.world import Known
from workflows.definitions.loading import HERE
from workflows.notices import CHANNELS, TEMPLATES

OWN_UNITS = frozenset({"integration"})


def here() -> Known:
    """Everything that the folders and settings of this portal say; asks no database.

    Raises Misconfigured and MappingWrong where a connection's folder cannot be read.
    """
    operations = offering.operations()
    return Known(
        operations=operations,
        units=frozenset(operations) | OWN_UNITS,
        templates=TEMPLATES,
        services=frozenset(path.name.partition(".v")[0] for path in HERE.glob("*.v*.json")),
        events=offering.events(),
        channels=CHANNELS,
        providers={
            "payment": frozenset(settings.PAYMENT_PROVIDERS),
            "appointment": frozenset(settings.APPOINTMENT_PROVIDERS),
        },
    )
