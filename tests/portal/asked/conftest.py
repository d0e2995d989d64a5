"""What tests of these pages share: the world of the tests of cases, and its evening."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import Clock

__all__ = ["agencies", "clock", "maria"]


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    """The evening of the day on which the tests' cases begin; it passes: no two versions are of one time."""
    with time_machine.travel(Clock().now.replace(hour=20), tick=True):
        yield
