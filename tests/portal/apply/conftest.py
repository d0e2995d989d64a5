"""What tests of the application pages share: real registers, the published service, Maria in her browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from adapters.sandbox import Sandbox, run
from identity.models import User
from tests.adapters import connections
from tests.portal.follow.world import signed_in
from workflows.models import Draft
from workflows.seed import seed_definitions
from workflows.services.drafts import prefill, start_draft


@pytest.fixture(scope="module")
def registers() -> Iterator[Sandbox]:
    """The population and the address register, answering on loopback."""
    with run(agencies=["npr", "laa"]) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(db: None, registers: Sandbox) -> Iterator[Sandbox]:
    """The registers, with rows that lead to them; every switch is off again afterwards."""
    seed_definitions()
    connections.load(registers)
    yield registers
    for key in ("npr", "laa"):
        registers.reset(key)


@pytest.fixture
def maria(sandbox: Sandbox) -> User:
    """The main person of the demo world."""
    names = {"given_name": "Maria", "family_name": "Lindqvist-Okafor", "date_of_birth": "1985-03-12"}
    return User.objects.create_user(connections.MARIA, email="maria@example.org", **names)


@pytest.fixture
def browser(maria: User) -> Client:
    """Maria's browser, signed in."""
    return signed_in(maria)


@pytest.fixture
def draft(maria: User) -> Draft:
    """Maria's draft with what the register holds."""
    begun = start_draft(service="moving-house", actor=maria, now=timezone.now())
    return prefill(draft=begun, actor=maria, now=timezone.now())


@pytest.fixture
def old_draft(draft: Draft) -> Draft:
    """A draft whose time is over."""
    draft.expires_at = timezone.now() - timedelta(days=1)
    draft.save()
    return draft
