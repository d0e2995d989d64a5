"""How long things are kept: an ended case for as long as its service says, a draft until it expires."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from adapters import erasure
from identity.mandates import keeping
from identity.models import ConsentCode, SignIn, User
from identity.record import entries
from identity.record.entries import Deed, Kind
from workflows.definitions.durations import after, duration
from workflows.models import Case, CaseReference, Draft, Inbox, ServiceVersion, Upload

KEEPS_CASES_FOR = "P730D"
KEEPS_SIGN_INS = timedelta(days=365)
KEEPS_NAMED = timedelta(days=30)
AT_ONCE = 200  # rows a transaction


def kept_until(case: Case) -> datetime | None:
    """The moment an ended case is deleted; None while it goes on."""
    return None if case.completed_at is None else after(case.completed_at, _kept_for(case.service_version))


def must_keep(case: Case) -> str:
    """The law for which an ended case is kept although its applicant asks for erasure, or ""."""
    return str(case.service_version.document.get("keepsCasesBecause", ""))


def delete_due(now: datetime) -> int:
    """Delete whatever is past its day; return how many cases and drafts. Repeating it does nothing more."""
    count = 0
    for version in ServiceVersion.objects.all():
        ended = Case.objects.ended().filter(
            service_version=version, completed_at__lte=now - duration(_kept_for(version))
        )
        while found := list(ended.select_related("applicant", "service_version")[:AT_ONCE]):
            count += delete_cases(found, now, "past the day until which it was kept")
    expired = Draft.objects.filter(expires_at__lte=now).select_related("applicant")
    while drafts := list(expired[:AT_ONCE]):
        delete_drafts(drafts)
        count += len(drafts)
    SignIn.objects.filter(
        Q(ended_at__lte=now - KEEPS_SIGN_INS) | Q(started_at__lte=now - KEEPS_SIGN_INS)
    ).delete()
    ConsentCode.objects.filter(expires_at__lte=now).delete()
    keeping.delete_ended(now)
    _delete_never_came(now)
    return count


def _delete_never_came(now: datetime) -> None:
    """Delete people whom a register named for a mandate, who never came and of whom nothing is left.

    A register does not say how somebody is reached: whoever has an e-mail address was told of by an e-ID.
    """
    named = User.objects.exclude(identifier_index="").filter(
        created_at__lte=now - KEEPS_NAMED, email_index=""
    )
    named = named.filter(federated_identities=None, eid_account=None, staff_roles=None, mandates_given=None)
    for user in named.filter(cases=None, drafts=None, mandates_held=None, uploads=None, cases_filed=None):
        user.delete()


@transaction.atomic
def delete_cases(cases: Iterable[Case], now: datetime, why: str) -> int:
    """Delete ended cases with all that was said about them; the record keeps that they were, once.

    Returns how many; those that another worker deletes at this moment are not among them.
    """
    held = Case.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in cases])
    cases = list(held.select_related("applicant"))
    references = [case.reference for case in cases]
    told = CaseReference.objects.filter(case__in=cases)
    for connection, reference in told.values_list("connection", "reference"):
        Inbox.objects.filter(agency=connection, reference=reference).delete()
    erasure.forget(references, [str(one) for case in cases for one in (case.correlation_id, case.draft_id)])
    for case in cases:
        deed = Deed(actor="worker", what="case", purpose=why, case=case.reference)
        entries.add(Kind.ERASED, [case.applicant.identifier_index], deed, now)
    Case.objects.filter(pk__in=[case.pk for case in cases]).delete()
    return len(cases)


@transaction.atomic
def delete_drafts(drafts: Iterable[Draft]) -> None:
    """Delete drafts with what registers answered for them."""
    drafts = list(drafts)
    erasure.forget([], [str(draft.public_id) for draft in drafts])
    ids = [draft.public_id for draft in drafts]
    Upload.objects.filter(draft_id__in=ids, case=None).delete()
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()


def cases_of(user: User) -> list[Case]:
    """A person's own cases, newest first."""
    own = Case.objects.filter(applicant=user).select_related("service_version", "applicant")
    return list(own.order_by("-submitted_at", "-pk"))


def _kept_for(version: ServiceVersion) -> str:
    return str(version.document.get("keepsCasesFor", KEEPS_CASES_FOR))
