"""What tests of the staff's rooms share: a submitted case of Maria's."""

import pytest

from identity.models import User
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import Agencies, Clock, submitted
from workflows.models import Case

__all__ = ["agencies", "clock", "maria"]


@pytest.fixture
def case(maria: User, clock: Clock, agencies: Agencies) -> Case:
    return submitted(maria, clock)
