"""What the writing of effects carries along, and how a job is added to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.dispatch.queue import insert
from workflows.models import Case, Job


@dataclass(slots=True)
class Applying:
    """One advance of one case, being written in its transaction."""

    case: Case
    actor: str
    now: datetime
    seq: int

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
        at = at or self.now
        due = at <= self.now
        job = Job(
            case=self.case,
            kind=kind,
            token=token,
            lane=lane,
            order_key=order_key,
            payload=payload,
            run_at=at,
            dedupe=f"{self.case.reference}:{token}{mark}",
            state=Job.State.READY if due else Job.State.SCHEDULED,
            created_at=self.now,
        )
        insert([job])
