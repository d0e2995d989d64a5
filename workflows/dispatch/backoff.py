"""How long to wait before a failed job is tried again."""

import random
from datetime import timedelta

from django.conf import settings

from adapters.delivery.policy import Retry

USUAL = Retry()
MOST_DOUBLINGS = 40


def pause(failures: int, at_least: timedelta | None = None, retry: Retry = USUAL) -> timedelta:
    """A pause growing with each failure, up to a limit, spread either way, as the connection declares.

    ``at_least`` is what the agency asked for. Spreading keeps jobs from coming back together; no pause is
    longer than the setting for the whole portal allows.
    """
    longest = min(float(settings.RETRY_LONGEST_SECONDS), retry.longest)
    seconds = min(retry.first * retry.factor ** min(failures - 1, MOST_DOUBLINGS), longest)
    spread = random.uniform(1 - retry.jitter, 1 + retry.jitter)  # noqa: S311 - no secret
    return max(timedelta(seconds=seconds * spread), at_least or timedelta())


def back_at(wait: timedelta) -> timedelta:
    """A wait until a stated moment, with up to a tenth more, so that not all come at that moment."""
    return wait * random.uniform(1.0, 1.1)  # noqa: S311 - no secret
