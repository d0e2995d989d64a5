"""Every address of the staff's rooms against every kind of person: as declared here, nothing else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from adapters.models import Connection
from identity.models import User
from onestop.agency.urls import urlpatterns
from tests.agency.world import NOWHERE, Role, dead_delivery, exchange, member, question, signed_in, told
from tests.identity.onboarded import registered
from workflows.models import Case

LISTS = {"home", "exchanges", "connections", "counter", "clients", "new-client"}
# What each person is answered, by the name of the address.
DECLARED = {
    "stranger": {
        "home": 302,
        "exchanges": 302,
        "task": 302,
        "item": 302,
        "exchange": 302,
        "connections": 302,
        "connection": 302,
    },
    "citizen": {
        "home": 403,
        "exchanges": 403,
        "task": 403,
        "item": 403,
        "exchange": 403,
        "connections": 403,
        "connection": 403,
    },
    "caseworker": {
        "home": 200,
        "exchanges": 200,
        "task": 200,
        "item": 200,
        "exchange": 200,
        "connections": 200,
        "connection": 200,
    },
    "elsewhere": {
        "home": 200,
        "exchanges": 200,
        "task": 404,
        "item": 404,
        "exchange": 403,
        "connections": 200,
        "connection": 404,
    },
    "integrator": {
        "home": 200,
        "exchanges": 200,
        "task": 404,
        "item": 404,
        "exchange": 200,
        "connections": 200,
        "connection": 200,
    },
    "administrator": {
        "home": 200,
        "exchanges": 200,
        "task": 404,
        "item": 404,
        "exchange": 200,
        "connections": 200,
        "connection": 200,
    },
}
DECLARED["clerk"] = {**DECLARED["elsewhere"]}
for person in DECLARED:  # the counter is the clerks'
    DECLARED[person]["counter"] = {"stranger": 302, "clerk": 200}.get(person, 403)
for person in DECLARED:  # nothing that NPR was told is a matter to be ruled on, or a court's decision
    for name in ("hearing", "hearing-document", "overturned", "overturned-document"):
        DECLARED[person][name] = {"stranger": 302, "citizen": 403}.get(person, 404)
CLIENTS = {"client", "change-client", "test-client"}
for person, declared in DECLARED.items():  # who keeps an agency's clients; nobody else learns of them
    outside = {"stranger": 302, "citizen": 403, "clerk": 403}.get(person)
    declared |= dict.fromkeys(("clients", "new-client"), outside or 200)
    declared |= dict.fromkeys(CLIENTS, outside or (404 if person == "elsewhere" else 200))
    declared["decide-client"] = outside or {"elsewhere": 404, "administrator": 302}.get(person, 403)
NAMES = [pattern.name or "" for pattern in urlpatterns]


def test_every_address_is_declared_for_everybody() -> None:
    assert all(set(declared) == set(NAMES) for declared in DECLARED.values())


def browser(person: str, citizen: User) -> Client:
    """A browser of this person."""
    if person == "stranger":
        return Client()
    if person == "citizen":
        return signed_in(citizen)
    if person == "elsewhere":
        return signed_in(member(Role.CASEWORKER, "sia"))
    if person == "caseworker":
        return signed_in(member(Role.CASEWORKER, "npr"))
    member(Role.CASEWORKER, "npr", name="Karin")  # the unit has staff: nobody stands in
    return signed_in(member(person))


@pytest.mark.parametrize("person", DECLARED)
@pytest.mark.parametrize("name", NAMES)
def test_a97_each_person_is_answered_as_declared(name: str, person: str, case: Case, maria: User) -> None:
    client = browser(person, maria)
    things: dict[str, Any] = {
        "task": question(case),
        "item": (item := told("npr", case.reference)),
        "hearing": item,
        "hearing-document": item,
        "overturned": item,
        "overturned-document": item,
        "exchange": exchange(case.reference),
    }
    if name in {*CLIENTS, "decide-client"}:
        keeper = member(Role.CASEWORKER, "npr", name="Nils")
        things[name] = registered(keeper, "production", "npr")
    Connection.objects.get_or_create(key="npr", defaults={"name": "NPR", "kind": "soap"})
    args = [] if name in LISTS else ["npr"] if name == "connection" else [things[name].public_id]
    response = client.get(reverse(f"agency:{name}", args=args))
    assert response.status_code == DECLARED[person][name]
    if response.status_code == 302:
        assert response["Location"].startswith(reverse("identity:sign-in"))
    if response.status_code == 200:
        assert response["Cache-Control"] != "public"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LISTS])
def test_what_is_not_there_is_not_found(name: str, maria: User) -> None:
    client = signed_in(member(Role.CASEWORKER, "npr"))
    assert client.get(reverse(f"agency:{name}", args=[NOWHERE])).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_member_of_staff_who_has_left_sees_nothing(name: str, maria: User) -> None:
    gone = member(Role.ADMINISTRATOR)
    client = signed_in(gone)
    gone.is_active = False
    gone.save()
    args = [] if name in LISTS else [NOWHERE]
    assert client.get(reverse(f"agency:{name}", args=args)).status_code == 302


@pytest.mark.parametrize("role", [Role.INTEGRATOR, Role.ADMINISTRATOR])
def test_a_delivery_to_a_unit_without_staff_waits_for_those_who_connect(role: str, case: Case) -> None:
    task, undecided = dead_delivery(case, "tax"), question(case, unit="tax")
    staffed = dead_delivery(case, "npr")
    member(Role.CASEWORKER, "npr")
    client = signed_in(member(role))
    home = client.get(reverse("agency:home")).content.decode()
    assert reverse("agency:task", args=[task.public_id]) in home
    assert reverse("agency:task", args=[undecided.public_id]) not in home, "they decide no case"
    assert reverse("agency:task", args=[staffed.public_id]) not in home, "the unit has people for it"
    assert client.get(reverse("agency:task", args=[undecided.public_id])).status_code == 404
    address = reverse("agency:task", args=[task.public_id])
    assert client.get(address).status_code == 200
    assert client.post(address, {"outcome": "resend", "reason": "Mended."}).status_code == 302
    assert "Mended." in client.get(address).content.decode()


def test_whose_caseworker_has_left_is_a_unit_without_staff(case: Case) -> None:
    task = dead_delivery(case, "vdr")
    left = member(Role.CASEWORKER, "vdr")
    client = signed_in(member(Role.INTEGRATOR))
    address = reverse("agency:task", args=[task.public_id])
    assert client.get(address).status_code == 404
    left.is_active = False
    left.save()
    assert client.get(address).status_code == 200
