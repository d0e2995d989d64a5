"""What tests of cases share: a clock, agencies, the published service and the person who moves."""

import pytest

from adapters import exchange
from identity.models import User
from tests.workflows.world import MARIA, Agencies, Clock, citizen
from workflows.seed import seed_definitions


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def agencies(monkeypatch: pytest.MonkeyPatch) -> Agencies:
    """Agencies in place of the exchange; what goes over wires is tested with the adapters."""
    agencies = Agencies()
    monkeypatch.setattr(exchange, "perform", agencies.perform)
    monkeypatch.setattr(exchange, "check", agencies.check)
    monkeypatch.setattr("workflows.services.drafts.perform_many", agencies.perform_many)
    return agencies


@pytest.fixture
def maria(db: None) -> User:
    seed_definitions()
    return citizen(MARIA, "Maria")
