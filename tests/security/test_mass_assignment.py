"""Nobody becomes owner, officer or decided by a field that the form does not have (A103)."""

import json
from typing import Any

import pytest
from django.test import Client

from identity import levels
from identity.models import EIDAccount, Mandate, StaffRole, User
from tests.security.test_every_address import EVERY
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import OLE, Agencies, Clock, citizen, filled_draft, submitted
from workflows.models import Case, Draft, Task, Upload

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db


def injected(victim: User, attacker: User) -> dict[str, Any]:
    """Fields of models by every name a careless form would take them under."""
    owner = dict.fromkeys(("applicant", "owner", "user", "principal", "actor", "submitted_by"), attacker.pk)
    by_id = {f"{name}_id": value for name, value in owner.items()}
    rights = {"is_staff": "1", "is_superuser": "1", "is_active": "1", "role": "administrator", "unit": "npr"}
    state = {"status": "completed", "state": "decided", "decision": "registered", "version": "99"}
    level = {
        "acr": levels.HIGH,
        "level": levels.HIGH,
        "bound_level": levels.HIGH,
        "highest_level": levels.HIGH,
    }
    who = {"subject": str(victim.subject), "identifier_index": victim.identifier_index, "id": str(victim.pk)}
    return {**owner, **by_id, **rights, **state, **level, **who, "completed_at": "2027-01-01T00:00Z"}


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    session = client.session
    session["acr"] = levels.SUBSTANTIAL
    session.save()
    return client


def guarded() -> dict[str, object]:
    """Who owns what, who has which right, and how cases stand, by row."""
    tables = {
        StaffRole: ("user_id", "role", "unit"),
        Case: ("applicant_id", "submitted_by_id", "status", "version", "completed_at", "draft_id"),
        Task: ("state", "decision", "decided_by_id", "unit"),
        Upload: ("owner_id", "state"),
        Mandate: ("principal_id", "agent_id", "agent_index", "revoked_at"),
        User: ("is_superuser", "is_active", "subject", "identifier_index"),
        EIDAccount: ("user_id", "highest_level", "is_staff"),
        Draft: ("applicant_id", "service_version_id"),
    }
    held: dict[str, object] = {}
    for model, names in tables.items():
        for row in model._base_manager.values("pk", *names):
            held[f"{model.__name__} {row['pk']}"] = row
    return held


@pytest.fixture
def case(maria: User, agencies: Agencies, clock: Clock) -> Case:
    return submitted(maria, clock)


def filled(path: str, case: Case, draft: Draft) -> list[str]:
    """An address with the sample ids put right, so that the view is reached and not only its 404."""
    some = "00000000-0000-0000-0000-000000000007"
    found = [path]
    if some in path:
        found.append(path.replace(some, str(draft.public_id)))
    if "MOV-0000-0000" in path:
        found.append(path.replace("MOV-0000-0000", case.reference))
    return found


@pytest.mark.parametrize("form", ["form", "json"])
def test_a103_no_address_takes_owner_state_or_right_from_a_form(
    form: str, case: Case, maria: User, clock: Clock, agencies: Agencies
) -> None:
    attacker = citizen(OLE, "Ole")
    draft = filled_draft(attacker, clock)
    fields = injected(maria, attacker)
    before = guarded()
    client = signed_in(attacker)
    reached = 0
    for _, pattern in sorted(EVERY, key=lambda one: one[0] == "portal:check"):  # which uses the draft up
        for path in filled(pattern, case, draft):
            if form == "json":
                body = json.dumps({**fields, "answers": fields})
                response = client.post(path, body, content_type="application/json")
            else:
                response = client.post(path, {name: str(value) for name, value in fields.items()})
            reached += response.status_code not in {404, 405}
            assert response.status_code < 500, path
            if not client.session.get("acr"):  # it was an address to sign out
                client = signed_in(attacker)
            assert client.session["acr"] == levels.SUBSTANTIAL, f"{path} raised the level"
    assert reached > 20
    after = guarded()
    gone = {row for row in before if row not in after}
    assert gone <= {f"Draft {draft.pk}"}, "whoever sends their own application ends its draft"
    assert {row: after[row] for row in before if row in after} == {
        row: before[row] for row in before if row in after
    }
    assert all(_is_own(after[row], attacker) for row in set(after) - set(before))


def test_a103_fields_beside_those_of_a_page_change_nothing(
    maria: User, clock: Clock, agencies: Agencies
) -> None:
    attacker = citizen(OLE, "Ole")
    draft = filled_draft(attacker, clock)
    told = {**injected(maria, attacker), "applicant": maria.pk, "applicant_id": maria.pk, "owner": maria.pk}
    told |= {"tenancy": "no"}
    response = signed_in(attacker).post(f"/apply/{draft.public_id}/tenancy/", told)
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.applicant_id == attacker.pk
    assert draft.answers["tenancy"] is False
    assert not set(draft.answers) & set(injected(maria, attacker))


def _is_own(row: Any, attacker: User) -> bool:
    """Whether a row that came is the attacker's own application, as it begins."""
    return row.get("applicant_id") == attacker.pk and row.get("status", "open") == "open"
