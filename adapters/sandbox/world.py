"""The demo world as the agencies know it: people, dwellings and vehicles of Aurelia."""

from functools import cache
from typing import Any

from onestop.lib import aurelia

JSON = dict[str, Any]


@cache
def people() -> dict[str, JSON]:
    """Everybody by personal number."""
    return {person["personalNumber"]: dict(person) for person in aurelia.people()}


@cache
def dwellings() -> dict[str, JSON]:
    """All addresses by their key."""
    return {address["addressID"]: dict(address) for address in aurelia.addresses()}


@cache
def vehicles() -> dict[str, JSON]:
    """All vehicles by registration number, written together."""
    return {plate(vehicle["registrationNumber"]): dict(vehicle) for vehicle in aurelia.vehicles()}


def plate(registration_number: str) -> str:
    """A registration number as the vehicle register writes it: without blanks, in capitals."""
    return "".join(registration_number.split()).upper()


def has_quirk(person: JSON, quirk: str) -> bool:
    """Whether the world marks a person as one that an agency has trouble with."""
    return bool(person.get("quirk", "") == quirk)
