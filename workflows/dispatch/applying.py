"""What the writing of effects carries along, and how a job is added to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.dispatch import queue
from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.dispatch.writing import Writing
from workflows.models import Case, Job


@dataclass(slots=True)
class Applying:
    """One advance of one case, being written in its transaction."""

    case: Case
    actor: str
    now: datetime
    writing: Writing

    def add_job(
        self,
        kind: Job.Kind,
        token: str,
        payload: Any,
        *,
        at: datetime | None = None,
        mark: str = "",
        lane: str = INTERNAL_LANE,
        order_key: str = "",
    ) -> None:
        """Add a job of the case, once for its token and mark."""
        job = queue.job_of(self.case, kind, token, payload, self.now, mark, at=at)
        job.lane, job.order_key = lane, order_key
        self.writing.jobs.append(job)
