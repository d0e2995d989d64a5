"""Consents to tell somebody whom no law wants told: given with the application, withdrawn until sent."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from identity.models import User
from workflows.dispatch.consenting import calls_of, is_sent, may_have_arrived
from workflows.dispatch.moving import locked, move
from workflows.engine import ConsentWithdrawn
from workflows.models import Case, CaseEvent, Consent, Job, ServiceVersion
from workflows.policies import acts_as_applicant
from workflows.services.errors import NotAllowed, NotPossible

UNSENT = (Job.State.READY, Job.State.SCHEDULED, Job.State.DEAD, Job.State.HELD)
TEXT = "You withdrew your consent"


def insist_known(version: ServiceVersion, steps: Iterable[str]) -> list[str]:
    """The steps in the order of the definition; raises NotPossible("no-such-consent") for any other."""
    asked, wanted = version.definition.optional, set(steps)
    if not wanted <= set(asked):
        raise NotPossible("no-such-consent")
    return [step for step in asked if step in wanted]


def keep(*, case: Case, steps: list[str], actor: User, now: datetime) -> None:
    """Keep what was consented to, in the transaction that makes the case."""
    rows = [Consent(case=case, step=step, given_by=actor, given_at=now) for step in steps]
    Consent.objects.bulk_create(rows)


def state_of(consent: Consent) -> str:
    """`withdrawn`, `sent`, `over` (the case ended without sending it), `sending`, or `open`."""
    if consent.withdrawn_at is not None:
        return "withdrawn"
    jobs = calls_of(consent.case, consent.step)
    if is_sent(jobs):
        return "sent"
    if consent.case.is_ended:
        return "over"
    return "sending" if any(job.state == Job.State.RUNNING for job in jobs) else "open"


@transaction.atomic
def withdraw(*, consent: Consent, actor: User, now: datetime) -> Consent:
    """Take a consent back: what is queued or being tried again is not sent. Doing it twice changes nothing.

    Raises NotAllowed, and NotPossible("sent"), NotPossible("over") or NotPossible("sending") where it is too
    late, or may be: a call that is under way at this moment cannot be called back.
    """
    case = locked(consent.case_id)
    if not acts_as_applicant(actor, case):
        raise NotAllowed(f"consent {consent.public_id}")
    current = Consent.objects.select_for_update(of=("self",)).select_related("case").get(pk=consent.pk)
    current.case = case
    state = state_of(current)
    if state == "withdrawn":
        return current
    if state != "open":
        raise NotPossible(state)
    current.withdrawn_at = now
    current.save(update_fields=["withdrawn_at"])
    jobs = calls_of(case, current.step)
    waiting = [job.pk for job in jobs if job.state in UNSENT]
    Job.objects.filter(pk__in=waiting, state__in=UNSENT).update(
        state=Job.State.DONE, finished_at=now, order_key=""
    )
    for job in jobs:
        case.tasks.filter(state="open", token__startswith=f"{job.token}!").update(state="closed")
    _go_on(case, current, actor, may_have_arrived(case, jobs), now)
    return current


def _go_on(case: Case, consent: Consent, actor: User, maybe: bool, now: datetime) -> None:
    """The case goes on without the step; one that has not begun yet remembers it."""
    who = "applicant" if actor.pk == case.applicant_id else f"representative:{actor.subject}"
    if "frames" in case.state:
        told = ConsentWithdrawn(now, consent.step, consent.connection, maybe)
        move(case, told, actor=who, now=now)
        return
    consents = {**case.state["data"].get("consents", {}), consent.step: "withdrawn"}
    case.state = {**case.state, "data": {**case.state["data"], "consents": consents}}
    case.version += 1
    case.save(update_fields=["state", "version"])
    CaseEvent.objects.create(
        case=case,
        seq=case.next_seq(),
        kind="consent-withdrawn",
        actor=who,
        text=TEXT,
        data={"connection": consent.connection, "step": consent.step},
        created_at=now,
    )
