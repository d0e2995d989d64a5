"""Agencies on free ports, deciding quickly, for one test each."""

import uuid
from collections.abc import Iterator

import pytest

from adapters.sandbox import Sandbox, run
from tests.sandbox.portal import Portal


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.close()


@pytest.fixture
def sandbox(portal: Portal) -> Iterator[Sandbox]:
    with run(portal_url=portal.url) as sandbox:
        yield sandbox


@pytest.fixture
def key() -> str:
    """An idempotency key of its own."""
    return str(uuid.uuid4())
