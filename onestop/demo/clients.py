"""The agencies of the demo that call the portal, each known there by a key of its own."""

from adapters.models import Connection
from adapters.seed import keys_at_portal
from identity.seed import seed_agency_client


def seed_clients() -> None:
    """Insert or update their clients."""
    names = dict(Connection.objects.values_list("key", "name"))
    for key, jwks in keys_at_portal().items():
        seed_agency_client(key, names[key], jwks)
