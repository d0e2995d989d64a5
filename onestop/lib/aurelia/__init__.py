"""The demo world: the invented people, dwellings, households, vehicles and staff of the Republic of Aurelia.

Pure data in JSON files beside this module. The e-ID provider, the fictional agencies and the tests all read
the same world, so that what one register says of a person agrees with what the others say, except where the
story of that person is that it does not.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NotRequired, TypedDict

HERE = Path(__file__).parent


class Person(TypedDict):
    """One invented person. ``dateOfBirth`` may be a year or a month; ``quirk`` makes one agency balk."""

    personalNumber: str
    givenName: str
    familyName: str
    birthName: NotRequired[str]
    dateOfBirth: str
    placeOfBirth: str
    sex: str
    citizenship: str
    email: str  # "" where there is none
    telephone: str  # "" where there is none
    addressID: str  # "" for somebody not registered anywhere
    householdID: str
    subject: str  # the e-ID's stable subject identifier, a UUID
    highestLevel: str  # low, substantial or high
    story: str
    quirk: NotRequired[str]  # npr-unsure, npr-unknown or sia-17


class Address(TypedDict):
    """One dwelling: where it is, how many may live there, how many are registered there."""

    addressID: str
    thoroughfare: str
    locatorDesignator: str
    locatorName: NotRequired[str]
    postCode: str
    postName: str
    adminUnitL1: str
    adminUnitL2: str
    capacity: int
    registered: int


class Household(TypedDict):
    """Who lives together, and where."""

    householdID: str
    addressID: str
    members: list[str]


class Vehicle(TypedDict):
    """One vehicle and its keeper's personal number."""

    registrationNumber: str
    make: str
    model: str
    keeper: str


class Role(TypedDict):
    """What a member of staff may do, and in which unit ("" where the role has none)."""

    role: str
    unit: str


class Staff(TypedDict):
    """A member of staff, signing in with the same e-ID as everybody."""

    subject: str
    givenName: str
    familyName: str
    roles: list[Role]


class Agency(TypedDict):
    """An agency by the key of its connection."""

    key: str
    name: str


@cache
def _rows(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def people() -> list[Person]:
    """Everybody who can appear as a citizen; the main demo person first."""
    rows: list[Person] = _rows("people")
    return rows


def addresses() -> list[Address]:
    """Every dwelling of the demo's three municipalities."""
    rows: list[Address] = _rows("addresses")
    return rows


def households() -> list[Household]:
    """Who lives where at the beginning."""
    rows: list[Household] = _rows("households")
    return rows


def vehicles() -> list[Vehicle]:
    """Every vehicle and its keeper."""
    rows: list[Vehicle] = _rows("vehicles")
    return rows


def staff() -> list[Staff]:
    """Caseworkers, the integrator and the administrator."""
    rows: list[Staff] = _rows("staff")
    return rows


def agencies() -> list[Agency]:
    """The agencies of the first edition, by connection key."""
    rows: list[Agency] = _rows("agencies")
    return rows


def person(personal_number: str) -> Person | None:
    """The person with this number, or None."""
    return next((row for row in people() if row["personalNumber"] == personal_number), None)
