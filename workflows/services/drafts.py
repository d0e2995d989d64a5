"""Filling in an application: begin or resume, prefill from registers, save a page."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from adapters.errors import AdapterError
from adapters.exchange import Call, perform_many
from adapters.ports import Accepted, Context, Rejected, Result
from identity.models import User
from workflows import contacts, record
from workflows.answers import Asked, clean_page, place
from workflows.applicant import person_of
from workflows.definitions.durations import after
from workflows.expressions import compile_expression
from workflows.household import may_move
from workflows.local_time import local_day
from workflows.models import Draft, ServiceVersion, Upload
from workflows.policies import may_apply_for
from workflows.services.errors import NotAllowed
from workflows.uploads.listing import uploads_of

KEPT_FOR = "P30D"


@transaction.atomic
def start_draft(*, service: str, actor: User, now: datetime, applicant: User | None = None) -> Draft:
    """Resume the applicant's (without one, the actor's) draft of a service, or begin one.

    Raises ServiceVersion.DoesNotExist and NotAllowed.
    """
    version = ServiceVersion.objects.current(service)
    applicant = applicant or actor
    if not may_apply_for(actor, applicant, service):
        raise NotAllowed(f"{service} for somebody else")
    begun = Draft.objects.for_person(applicant).kept(now).filter(service_version=version).first()
    if begun is not None:
        return begun
    expires_at = after(now, version.document.get("keepsDraftsFor", KEPT_FOR))
    return Draft.objects.create(
        applicant=applicant, service_version=version, created_at=now, updated_at=now, expires_at=expires_at
    )


def prefill(*, draft: Draft, actor: User, now: datetime, timeout: float | None = None) -> Draft:
    """Ask the registers what the service prefills, all together, each at most ``timeout`` seconds.

    ``draft.prefill[into]`` becomes ``{"state": "answered"|"not-found"|"silent", "source", "value", "at"}``.
    What was answered before is not asked again. No transaction is open; a silent register is no error.
    """
    _insist_own(draft, actor)
    specs = [
        spec
        for spec in draft.service_version.document.get("prefill", [])
        if draft.prefill.get(spec["into"], {}).get("state") != "answered"
    ]
    seconds = settings.PREFILL_SECONDS if timeout is None else timeout
    scope = {"applicant": person_of(draft.applicant)}
    calls = [_call(draft, spec, scope, seconds, actor) for spec in specs]
    answers = perform_many(calls) if calls else []
    kept = dict(draft.prefill)
    for spec, answer in zip(specs, answers, strict=True):
        kept[spec["into"]] = _kept(spec, answer, now)
    draft.prefill = kept
    with transaction.atomic():
        draft.save(update_fields=["prefill"])
        for spec in specs:
            if kept[spec["into"]]["state"] != "silent":
                record.prefilled(draft, spec, kept[spec["into"]].get("value"), now, actor)
    return draft


@transaction.atomic
def save_page(*, draft: Draft, page: str, answers: dict[str, Any], actor: User, now: datetime) -> Draft:
    """Check and keep a page's answers by field name; raises AnswersInvalid, KeyError for no such page."""
    _insist_own(draft, actor)
    current = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    spec = current.service_version.definition.page(page)
    today = local_day(now)
    is_own = actor.pk == current.applicant_id
    asked = Asked(today, may_move(current, today), uploads_of(current))
    cleaned = clean_page(spec if is_own else contacts.relaxed(spec), answers, asked)
    if not is_own:
        contacts.insist_unchanged(spec, cleaned, current.applicant)
    current.answers = place(current.answers, spec, cleaned)
    current.pages_done = [*(done for done in current.pages_done if done != page), page]
    current.updated_at = now
    current.save(update_fields=["answers", "pages_done", "updated_at"])
    return current


def delete_draft(*, draft: Draft, actor: User) -> None:
    """Throw a draft away."""
    _insist_own(draft, actor)
    Upload.objects.of_draft(draft.public_id).filter(case=None).delete()
    draft.delete()


def _insist_own(draft: Draft, actor: User) -> None:
    if not may_apply_for(actor, draft.applicant, draft.service_version.service):
        raise NotAllowed(f"draft {draft.public_id}")


def _call(draft: Draft, spec: dict[str, Any], scope: dict[str, Any], seconds: float, actor: User) -> Call:
    key = f"{draft.public_id}:{spec['into']}"
    purpose = f"prefill {draft.service_version.service}"
    context = Context(str(draft.public_id), key, actor=f"citizen:{actor.subject}", purpose=purpose)
    return Call(
        spec["connection"], spec["operation"], _filled(spec.get("input", {}), scope), context, seconds
    )


def _filled(template: Any, scope: dict[str, Any]) -> Any:
    if isinstance(template, str) and template.startswith("="):
        return compile_expression(template[1:])(scope)
    if isinstance(template, dict):
        return {name: _filled(value, scope) for name, value in template.items()}
    return template


def _kept(spec: dict[str, Any], answer: Result | AdapterError, now: datetime) -> dict[str, Any]:
    told = {"source": spec["connection"], "at": now.isoformat()}
    match answer:
        case Accepted(value, _):
            for name in filter(None, spec.get("path", "").split(".")):
                value = value.get(name, {})
            return {**told, "state": "answered", "value": value}
        case Rejected(code, _):
            return {**told, "state": "not-found", "code": code}
        case _:
            return {**told, "state": "silent"}
