"""Who may do what with a case: asked by the button that is shown and by the request that is refused."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from adapters.models import WorkbenchItem
from identity.mandates.acting import may_act
from identity.models import User
from identity.policies import is_caseworker, is_steward, roles, staffed_units
from workflows.definitions.durations import after
from workflows.definitions.model import Definition
from workflows.engine.people import CONFIRMING
from workflows.local_time import local_day
from workflows.models import Case, CoSignRequest, Draft, Request, Task, Upload
from workflows.models.people import RESEND

Visitor = User | AnonymousUser


def can_see_case(user: Visitor, case: Case) -> bool:
    """The applicant, a representative, who was asked to co-sign, caseworkers of a unit with a task on it."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if acts_as_applicant(user, case):
        return True
    index = user.identifier_index
    if index and case.cosign_requests.filter(identifier_index=index).exists():
        return True
    return _decides(user, case)


def may_apply_for(user: Visitor, applicant: User, service: str) -> bool:
    """Whether the user may fill in and send a service in somebody's name: their own, or under a mandate."""
    if not isinstance(user, User) or not user.is_active or not applicant.is_active:
        return False
    return user.pk == applicant.pk or may_act(user, applicant, service, timezone.now()) is not None


def acts_as_applicant(user: Visitor, case: Case) -> bool:
    """Whether the user may do what the applicant may: it is they, or they hold a mandate for the service."""
    return may_apply_for(user, case.applicant, case.service_version.service)


def can_see_upload(user: Visitor, upload: Upload) -> bool:
    """Of a case: whoever sees the case, but not those asked to co-sign; of a draft: whoever fills it in."""
    if upload.case is not None:
        return acts_as_applicant(user, upload.case) or _decides(user, upload.case)
    draft = (
        Draft.objects.select_related("applicant", "service_version").filter(public_id=upload.draft_id).first()
    )
    return draft is not None and may_apply_for(user, draft.applicant, draft.service_version.service)


def _decides(user: Visitor, case: Case) -> bool:
    """A caseworker of a unit that has, or had, a task on the case."""
    units = {unit for role, unit in roles(user) if role == "caseworker"}
    return bool(units) and case.tasks.filter(unit__in=units).exists()


def works_on(user: Visitor, case: Case) -> bool:
    """A caseworker of a unit that has, or had, a task or something of the workbench on the case."""
    if _decides(user, case):
        return True
    units = {unit for role, unit in roles(user) if role == "caseworker"}
    told = WorkbenchItem.objects.filter(connection__in=units, case_reference=case.reference)
    return bool(units) and told.exists()


def is_applicant(user: Visitor, case: Case) -> bool:
    """Whether it is the user's own case."""
    return isinstance(user, User) and user.is_active and case.applicant_id == user.pk


def can_cosign(user: Visitor, request: CoSignRequest) -> bool:
    """Only the person who was asked, while the request waits."""
    if not isinstance(user, User) or not user.is_active or not user.identifier_index:
        return False
    return request.state == request.State.WAITING and request.identifier_index == user.identifier_index


def can_answer_request(user: Visitor, request: Request) -> bool:
    """Whoever was asked; what the applicant is asked, a representative may answer too."""
    if request.kind != Request.Kind.QUESTIONS or not isinstance(user, User) or not user.is_active:
        return False
    if user.identifier_index and user.identifier_index == request.key:
        return True
    is_applicants = request.key == request.case.applicant.identifier_index
    return is_applicants and acts_as_applicant(user, request.case)


def can_decide_task(user: Visitor, task: Task) -> bool:
    """Whoever has it in their queue, while it is open; nobody decides on their own case."""
    if task.state != task.State.OPEN or task.case.applicant_id == user.pk:
        return False
    if task.kind == CONFIRMING and _decided_first(user, task):
        return False
    return is_caseworker(user, task.unit) or _stands_in(user, task)


def _decided_first(user: Visitor, task: Task) -> bool:
    """Whether the user made the decision that a task asks to confirm."""
    first = task.token.rpartition("!")[0]
    return Task.objects.filter(case=task.case_id, token=first, decided_by=user.pk).exists()


def _stands_in(user: Visitor, task: Task) -> bool:
    """An integrator or administrator, for a delivery to a unit without caseworkers; they decide no case."""
    return RESEND in task.outcomes and is_steward(user) and task.unit not in staffed_units()


def can_withdraw(user: Visitor, case: Case) -> bool:
    """The applicant or a representative, until the first agency has been told something."""
    return acts_as_applicant(user, case) and not case.is_ended and not has_told_anybody(case)


def appeal_until(case: Case) -> date | None:
    """The last day on which a refusal can be appealed, in the country's time; None where it cannot be."""
    terms = case.service_version.document.get("appeal")
    if terms is None or case.status != Case.Status.REFUSED or case.completed_at is None:
        return None
    return local_day(after(case.completed_at, terms["within"]))


def can_appeal(user: Visitor, case: Case, now: datetime) -> bool:
    """The applicant of a refused case or a representative, once, until the last day."""
    until = appeal_until(case)
    if until is None or not acts_as_applicant(user, case) or local_day(now) > until:
        return False
    return not case.appeals.exists()


def can_hear(user: Visitor, item: WorkbenchItem, case: Case) -> bool:
    """Caseworkers of the unit that decides an item; nobody hears their own case."""
    return item.is_for_decision and case.applicant_id != user.pk and is_caseworker(user, item.connection)


def can_rule(user: Visitor, item: WorkbenchItem, case: Case) -> bool:
    """Those who hear it, while it waits for its decision."""
    return item.state == WorkbenchItem.State.OPEN and can_hear(user, item, case)


def can_decide_again(user: Visitor, item: WorkbenchItem, case: Case) -> bool:
    """Caseworkers of the agency that a court has overruled; integrators where it has none in this portal."""
    if item.operation != WorkbenchItem.COURT_DECISION or case.applicant_id == user.pk:
        return False
    if is_caseworker(user, item.connection):
        return True
    return is_steward(user) and item.connection not in staffed_units()


def has_told_anybody(case: Case) -> bool:
    """Whether a step that tells an agency something has begun."""
    definition = case.service_version.definition
    begun = (step for step in case.state.get("steps", {}).values() if step["state"] != "skipped")
    return any(_tells(definition, step) for step in begun)


def _tells(definition: Definition, step: dict[str, Any]) -> bool:
    """Whether a step told somebody; of one that only an earlier version had, a call counts."""
    if not definition.has(step["step"]):
        return "connection" in step
    return str(definition.block(step["step"])["kind"]) == "deliver"


def can_steer(user: Visitor, case: Case) -> bool:
    """Administrators and integrators may hold, end, repeat and move a case; nobody their own."""
    return isinstance(user, User) and case.applicant_id != user.pk and is_steward(user)
