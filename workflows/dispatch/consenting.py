"""Whether something may still be sent where that depends on a consent, which may be withdrawn at any time."""

from django.db import transaction

from adapters.models import Exchange
from workflows.models import Case, Consent, Job


@transaction.atomic
def may_send(job: Job, case: Case) -> bool:
    """Whether a call may go out now. The job is running: a withdrawal that waits for this lock sees it so."""
    block = case.service_version.definition.block_of(job.token)
    if job.kind != Job.Kind.CALL or "optional" not in block:
        return True
    given = Consent.objects.select_for_update().filter(case=case, step=block["id"]).first()
    return given is not None and given.withdrawn_at is None


def calls_of(case: Case, step: str) -> list[Job]:
    """The calls of a step, one for each time that it was begun."""
    definition = case.service_version.definition
    found = Job.objects.filter(case=case, kind=Job.Kind.CALL, token__startswith=step)
    return [job for job in found if definition.block_of(job.token)["id"] == step]


def is_sent(jobs: list[Job]) -> bool:
    """Whether an agency has answered one of the calls, so that it surely has what was sent."""
    return any(job.result is not None for job in jobs)


def may_have_arrived(case: Case, jobs: list[Job]) -> bool:
    """Whether one of the calls went out and nobody knows what became of it."""
    tokens = [job.token for job in jobs]
    tried = Exchange.objects.filter(case_reference=case.reference, step__in=tokens)
    return tried.filter(is_uncertain=True).exists()
