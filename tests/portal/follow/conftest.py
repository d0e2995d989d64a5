"""What tests of the follow pages share: the world of the tests of cases, and its time."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import Clock

__all__ = ["agencies", "clock", "maria"]


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    """The pages ask the real clock: it is the evening of the day on which the tests' cases begin."""
    with time_machine.travel(Clock().now.replace(hour=20), tick=False):
        yield
