"""Who may do what with a case: asked by the button that is shown and by the request that is refused."""

from django.contrib.auth.models import AnonymousUser

from identity.models import User
from identity.policies import is_caseworker, is_steward, roles, staffed_units
from workflows.models import Case, CoSignRequest, Task
from workflows.models.people import RESEND

Visitor = User | AnonymousUser


def can_see_case(user: Visitor, case: Case) -> bool:
    """The applicant, whoever was asked to co-sign, and caseworkers of a unit with a task on it."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if case.applicant_id == user.pk:
        return True
    index = user.identifier_index
    if index and case.cosign_requests.filter(identifier_index=index).exists():
        return True
    units = {unit for role, unit in roles(user) if role == "caseworker"}
    return bool(units) and case.tasks.filter(unit__in=units).exists()


def is_applicant(user: Visitor, case: Case) -> bool:
    """Whether it is the user's own case."""
    return isinstance(user, User) and user.is_active and case.applicant_id == user.pk


def can_cosign(user: Visitor, request: CoSignRequest) -> bool:
    """Only the person who was asked, while the request waits."""
    if not isinstance(user, User) or not user.is_active or not user.identifier_index:
        return False
    return request.state == request.State.WAITING and request.identifier_index == user.identifier_index


def can_decide_task(user: Visitor, task: Task) -> bool:
    """Whoever has it in their queue, while it is open; nobody decides on their own case."""
    if task.state != task.State.OPEN or task.case.applicant_id == user.pk:
        return False
    return is_caseworker(user, task.unit) or _stands_in(user, task)


def _stands_in(user: Visitor, task: Task) -> bool:
    """An integrator or administrator, for a delivery to a unit without caseworkers; they decide no case."""
    return RESEND in task.outcomes and is_steward(user) and task.unit not in staffed_units()


def can_withdraw(user: Visitor, case: Case) -> bool:
    """The applicant, until the first agency has been told something."""
    return is_applicant(user, case) and not case.is_ended and not has_told_anybody(case)


def has_told_anybody(case: Case) -> bool:
    """Whether a step that tells an agency something has begun."""
    definition = case.service_version.definition
    begun = (step["step"] for step in case.state.get("steps", {}).values() if step["state"] != "skipped")
    return any(definition.block(step)["kind"] == "deliver" for step in begun)
