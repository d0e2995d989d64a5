"""Turning the engine's effects into rows, inside the transaction that advances the case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from adapters import documents
from adapters.delivery import gate
from adapters.mapping.paths import getter
from identity.models import User
from identity.models.people import identifier_index
from onestop.lib.sealing import blind_index
from workflows.dispatch import opening
from workflows.dispatch.applying import Applying
from workflows.dispatch.writing import Writing
from workflows.engine import effects
from workflows.models import Case, CoSignRequest, Job, Notification, Task


def apply(case: Case, asked: list[effects.Effect], writing: Writing, *, actor: str, now: datetime) -> None:
    """Write every effect's row, in order, or hand it to what is written at the end."""
    applying = Applying(case, actor, now, writing)
    for effect in asked:
        _APPLIERS[type(effect)](applying, effect)


def _call(applying: Applying, effect: effects.Call) -> None:
    policy = gate.policy(effect.connection)
    value = (
        documents.check_in(  # too large a document is refused when the call is made, where a person sees it
            effect.connection, effect.value, longest=policy.claim_check, largest=documents.ANY_SIZE
        )
    )
    order_key = _order_key(applying.case, policy.order, effect.value) if policy.order else ""
    payload = {"connection": effect.connection, "operation": effect.operation, "value": value}
    applying.add_job(Job.Kind.CALL, effect.token, payload, lane=effect.connection, order_key=order_key)


def _order_key(case: Case, order: str, value: effects.JSON) -> str:
    """What jobs that must keep their order have in common, unreadable; "" where the value says nothing."""
    found = case.reference if order == "case" else getter(order)(value)
    return "" if found is None else blind_index(str(found), purpose="order")


def _check(applying: Applying, effect: effects.Check) -> None:
    payload = {
        "connection": effect.connection,
        "operation": effect.operation,
        "reference": effect.reference,
    }
    at = applying.now + timedelta(seconds=effect.after)
    mark = f":check@{applying.case.version}"  # each advance may ask once
    applying.add_job(Job.Kind.CHECK, effect.token, payload, at=at, mark=mark, lane=effect.connection)


def _timer(applying: Applying, effect: effects.Timer) -> None:
    mark = f":{effect.name}@{effect.at.isoformat()}"
    applying.add_job(Job.Kind.TIMER, effect.token, {"name": effect.name}, at=effect.at, mark=mark)


def _ask_cosign(applying: Applying, effect: effects.AskCoSign) -> None:
    CoSignRequest.objects.create(
        case=applying.case,
        token=effect.token,
        identifier_index=identifier_index(effect.person),
        due_at=effect.due_at,
        created_at=applying.now,
    )
    person = User.objects.by_identifier(effect.person)
    if person is not None:  # somebody who never signed in finds the request at the first sign-in
        _tell(applying, person, effect.token, "cosign-asked", {"dueAt": effect.due_at.isoformat()})


def _close_cosign(applying: Applying, effect: effects.CloseCoSign) -> None:
    waiting = CoSignRequest.objects.waiting().filter(case=applying.case, token=effect.token)
    waiting.update(state=CoSignRequest.State.CLOSED)


def _open_task(applying: Applying, effect: effects.OpenTask) -> None:
    Task.objects.create(
        case=applying.case,
        token=effect.token,
        unit=effect.unit,
        kind=effect.kind,
        question=effect.reason,
        value=effect.value,
        outcomes=list(effect.outcomes),
        skills=list(effect.skills),
        priority=effect.priority,
        due_at=effect.due_at,
        created_at=applying.now,
    )


def _close_task(applying: Applying, effect: effects.CloseTask) -> None:
    Task.objects.open().filter(case=applying.case, token=effect.token).update(state=Task.State.CLOSED)


def _notify(applying: Applying, effect: effects.Notify) -> None:
    if effect.to is None:
        people = [applying.case.applicant]
    else:
        found = [User.objects.by_identifier(str(one)) for one in effect.to]
        people = [one for one in found if one is not None]
        if len(people) < len(found):  # they never signed in here, so nothing can reach them: staff see that
            data = {"template": effect.template, "count": len(found) - len(people)}
            _record(applying, effects.Record(effect.token, "not-told", "", data))
    for person in people:
        _tell(applying, person, effect.token, effect.template, effect.data, effect)


def _tell(
    applying: Applying, user: User, token: str, kind: str, data: Any, effect: effects.Notify | None = None
) -> None:
    row = Notification.objects.create(
        user=user,
        case=applying.case,
        token=token,
        kind=kind,
        data=data,
        texts=effect.texts if effect else {},
        channels=list(effect.channels) if effect else [],
        created_at=applying.now,
    )
    if effect is not None and "email" in effect.channels:
        payload = {"kind": "mail", "notification": row.pk}
        applying.add_job(Job.Kind.OPEN, token, payload, mark=f":mail.{user.pk}", lane="mail")


def _record(applying: Applying, effect: effects.Record) -> None:
    applying.writing.entries.append((applying.case, applying.actor, effect, applying.now))


def _finished(applying: Applying, effect: effects.Finished) -> None:
    applying.case.status = Case.Status(effect.outcome)
    applying.case.completed_at = applying.now
    applying.writing.ended[applying.case.pk] = applying.case, applying.now


_APPLIERS: dict[type, Callable[[Applying, Any], None]] = {
    effects.Call: _call,
    effects.Check: _check,
    effects.Timer: _timer,
    effects.AskCoSign: _ask_cosign,
    effects.CloseCoSign: _close_cosign,
    effects.OpenTask: _open_task,
    effects.CloseTask: _close_task,
    effects.Open: opening.open_request,
    effects.Close: opening.close_request,
    effects.Notify: _notify,
    effects.Record: _record,
    effects.Finished: _finished,
}
