"""The cases of the soak: each tells four agencies twenty things, all at once."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from adapters.sandbox import world
from bench.messages import ADDRESS
from identity.models import User
from workflows.dispatch.queue import INTERNAL_LANE, insert
from workflows.models import Case, Job, ServiceVersion
from workflows.publishing import publish
from workflows.references import new_reference

SHARES = {"keyed": 5, "deaf": 5, "vdr": 9, "tax": 1}  # deliveries of one case by agency
OPERATIONS = {
    **{"keyed": "notice", "deaf": "notice", "tax": "update_domicile"},
    "vdr": "change_keeper_address",
}
A_CASE = sum(SHARES.values())


def definition() -> dict[str, Any]:
    """A service whose steps are one repetition an agency, all at once."""
    branches = [
        [
            {
                **{"id": f"all-{key}", "kind": "repeat", "as": key, "for_each": f"=answers.{key}"},
                "steps": [
                    {
                        **{
                            "id": f"tell-{key}",
                            "kind": "deliver",
                            "connection": key,
                            "on_rejected": "continue",
                        },
                        **{"operation": OPERATIONS[key], "input": inputs(key)},
                    }
                ],
            }
        ]
        for key in SHARES
    ]
    questions = [
        {"name": name, "kind": kind, "label": name.title(), "path": name}
        for name, kind in {"text": "text", "address": "address", **dict.fromkeys(SHARES, "choices")}.items()
    ]
    return {
        **{"service": "soak", "version": 1, "title": "Soak", "level": "http://eidas.europa.eu/LoA/low"},
        "pages": [{"id": "text", "title": "Text", "fields": questions}],
        "legalBasis": "none: every person of a soak is made up",
        "steps": [{"id": "tell", "kind": "parallel", "join": "all", "branches": branches}],
    }


def inputs(key: str) -> dict[str, str]:
    """What a delivery says, taken from the item it is made for."""
    if key in ("keyed", "deaf"):
        return {"text": f"={key}.text"}
    own = {"vehicle": "=vdr.vehicle"} if key == "vdr" else {}
    return {**own, "person": f"={key}.person", "address": "=answers.address", "from": '="2026-12-01"'}


def applicant() -> User:
    """Somebody to whom the cases belong."""
    return User.objects.create_user(
        "19880808T5716", given_name="So", family_name="Ak", email="so@example.org"
    )


@transaction.atomic
def submit(version: ServiceVersion, user: User, count: int) -> None:
    """Submit so many cases, each with its first job."""
    now = timezone.now()
    vehicles = sorted(world.vehicles().items())
    for _ in range(count):
        case = Case.objects.create(
            reference=new_reference("soak"),
            service_version=version,
            applicant=user,
            draft_id=uuid.uuid4(),
            state={"data": {"answers": _answers(vehicles)}},
        )
        start = Job(case=case, kind=Job.Kind.START, lane=INTERNAL_LANE, dedupe=f"{case.reference}:start")
        start.run_at = now
        insert([start])


def _answers(vehicles: list[tuple[str, Any]]) -> dict[str, Any]:
    chosen = [vehicles[n % len(vehicles)][1] for n in range(SHARES["vdr"])]
    return {
        "address": ADDRESS,
        **{key: [{"text": f"{key} {n}"} for n in range(SHARES[key])] for key in ("keyed", "deaf")},
        "tax": [{"person": _person(chosen[0]["keeper"])}],
        "vdr": [
            {
                "person": _person(vehicle["keeper"]),
                "vehicle": {"registrationNumber": vehicle["registrationNumber"]},
            }
            for vehicle in chosen
        ],
    }


def _person(number: str) -> dict[str, Any]:
    return {"identifier": {"notation": number, "issuingAuthority": "NPR"}}


def prepared(exchanges: int) -> int:
    """Publish the service and submit cases for so many exchanges, rounded up; return how many there are."""
    version = publish(definition(), now=timezone.now())
    count = -(-exchanges // A_CASE)
    submit(version, applicant(), count)
    return count * A_CASE
