"""How long to wait before a failed job is tried again."""

import random
from datetime import timedelta

from django.conf import settings

FIRST = 1.0  # seconds


def pause(failures: int, at_least: timedelta | None = None) -> timedelta:
    """Seconds doubling with each failure, up to a limit, spread by a quarter either way.

    ``at_least`` is what the agency asked for. Spreading keeps jobs from coming back together.
    """
    longest = float(settings.RETRY_LONGEST_SECONDS)
    seconds = min(FIRST * 2 ** min(failures - 1, 20), longest)
    spread = timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
    return max(spread, at_least or timedelta())
