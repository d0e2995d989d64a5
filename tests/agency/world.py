"""Staff, a case, and what waits for staff: made as the portal makes it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from adapters.models import Exchange, WorkbenchItem, seal_json
from identity import levels
from identity.models import StaffRole, User
from onestop.lib.sealing import seal
from workflows.models import Case, CaseEvent, Job, Task

Role = StaffRole.Role
NOWHERE = "00000000-0000-4000-8000-000000000000"


def member(role: str, unit: str = "", name: str = "Kim") -> User:
    """A member of staff."""
    user = User.objects.create_user(given_name=name, family_name=unit.upper() or role)
    StaffRole.objects.create(user=user, role=role, unit=unit)
    return user


def signed_in(user: User) -> Client:
    """A browser in which somebody has signed in with a substantial e-ID."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["acr"] = levels.SUBSTANTIAL
    session.save()
    return client


def exchange(case: str = "", connection: str = "npr", **fields: Any) -> Exchange:
    """A finished exchange; ``canonical``, ``sent``, ``received`` and ``answer`` are given in the open."""
    row = Exchange(connection=connection, operation=fields.pop("operation", "register_move"))
    row.case_reference = case
    for column in ("canonical", "answer"):
        if column in fields:
            setattr(row, column, seal_json(fields.pop(column), row.label(column)))
    for column in ("sent", "received"):
        if column in fields:
            setattr(row, column, seal(fields.pop(column), label=row.label(column)))
    fields.setdefault("state", Exchange.State.ACCEPTED)
    for name, value in fields.items():
        setattr(row, name, value)
    row.finished_at = row.started_at
    row.save()
    return row


def question(case: Case, unit: str = "npr", token: str = "officer") -> Task:
    """A question that decides a case."""
    return Task.objects.create(
        case=case, token=token, unit=unit, kind="move-unsure", outcomes=["registered", "refused"]
    )


def dead_delivery(case: Case, unit: str) -> Task:
    """A delivery that was given up, with the question that offers to send it again."""
    job = Job.objects.create(
        case=case, lane=unit, kind=Job.Kind.CALL, dedupe=f"{unit}-{case.pk}", state=Job.State.DEAD
    )
    value = {"job": job.pk, "connection": unit, "error": "not-understood"}
    return Task.objects.create(
        case=case, token=f"dead-{unit}", unit=unit, kind="dead-job", value=value, outcomes=["resend"]
    )


def told(unit: str, case: str = "") -> WorkbenchItem:
    """Something told to a unit of the workbench."""
    item = WorkbenchItem(connection=unit, operation="open_case", idempotency_key=f"k-{unit}")
    item.reference, item.case_reference = f"{unit[:3].upper()}-2027-000001", case
    item.value = {"direction": "in", "person": {"givenName": "<b>Maria</b>", "familyName": "Lind"}}
    item.save()
    return item


def with_reason(client: Client, row: Exchange, reason: str = "Ticket 417: a fault") -> str:
    """The page of an exchange, for which a reason is given first."""
    address = reverse("agency:exchange", args=[row.public_id])
    assert client.post(address, {"reason": reason}).status_code == 302
    return client.get(address).content.decode()


def reads(case: Case) -> list[dict[str, Any]]:
    """What the case says about who read it."""
    return [event.data for event in CaseEvent.objects.filter(case=case, kind="read").order_by("seq")]
