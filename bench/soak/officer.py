"""The person whom some exchanges go to: looks into the agency's books, then settles or sends again."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from adapters.simulator.store import Store
from identity.models import StaffRole, User
from workflows.dispatch import dead
from workflows.models import Task
from workflows.services.tasks import decide

PATIENCE = timedelta(seconds=4)  # no person is faster than the slowest agency


@dataclass
class Officer:
    """What was decided, by the reference of the delivery."""

    books: dict[str, Store]
    settled: set[str] = field(default_factory=set)
    sent_again: set[str] = field(default_factory=set)
    stopped: int = 0  # questions about deliveries that stopped for another reason
    _user: User | None = None

    def work(self) -> int:
        """Decide every open question; return how many there were."""
        old_enough = timezone.now() - PATIENCE
        due = Task.objects.open().filter(kind__in=dead.KINDS, created_at__lte=old_enough)
        tasks = list(due.select_related("case")[:200])
        for task in tasks:
            self._decide(task)
        return len(tasks)

    def _decide(self, task: Task) -> None:
        if task.kind != dead.UNKNOWN:
            self.stopped += 1
            self._say(task, "resend")
            return
        key = f"{task.case.reference}:{task.value['of']}"
        if self.books[task.unit].counts(key)["effects"]:
            self._say(task, "settled")
            self.settled.add(key)
        elif timezone.now() >= dead.sendable_at(task):  # before, it might still be on its way
            self._say(task, "resend")
            self.sent_again.add(key)

    def _say(self, task: Task, outcome: str) -> None:
        decide(task=task, actor=self._who(task.unit), outcome=outcome, reason="Looked", now=timezone.now())

    def _who(self, unit: str) -> User:
        if self._user is None:
            self._user = User.objects.create_user(given_name="An", family_name="Officer")
        StaffRole.objects.get_or_create(user=self._user, role=StaffRole.Role.CASEWORKER, unit=unit)
        return self._user
