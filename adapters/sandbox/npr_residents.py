"""Who lives where, as the population register has it: the world's data and the moves registered since."""

from datetime import date
from typing import Any

from adapters.sandbox import world
from adapters.sandbox.npr_messages import refusal
from adapters.simulator.store import Store

JSON = dict[str, Any]


class Residents:
    """The register's residents; a move that is registered changes them for good."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def household_of(self, number: str) -> JSON:
        """``{"householdID", "address", "members"}``; raises Refusal P001."""
        person = world.people().get(number)
        if person is None or world.has_quirk(person, "npr-unknown"):
            raise refusal("P001", "no such person", "PersonNumber")
        home = self.home_of(number)
        members = [
            other
            for other in world.people().values()
            if self.home_of(other["personalNumber"])["householdID"] == home["householdID"]
            and not world.has_quirk(other, "npr-unknown")
        ]
        return {**home, "members": members}

    def children_of(self, number: str, today: date) -> list[JSON]:
        """The minors of whom a person has custody; raises Refusal P001."""
        person = world.people().get(number)
        if person is None or world.has_quirk(person, "npr-unknown"):
            raise refusal("P001", "no such person", "PersonNumber")
        cared_for = [one for one in world.people().values() if number in one.get("custodians", [])]
        return [one for one in cared_for if _is_minor(one, today)]

    def home_of(self, number: str) -> JSON:
        """``{"householdID", "address"}`` of a person of the world."""
        changed = self._store.get("home", number)
        if changed is not None:
            return changed
        person = world.people()[number]
        address = world.dwellings().get(person["addressID"], {"addressID": ""})
        return {"householdID": person["householdID"], "address": address}

    def insist_on_dwelling(self, address: JSON) -> None:
        """Raise Refusal M020 for a key that no dwelling has."""
        if address["addressID"] and address["addressID"] not in world.dwellings():
            raise refusal("M020", "no such dwelling", "DwellingNumber")

    def has_room(self, key: str, newcomers: list[str]) -> bool:
        """Whether a dwelling's approved number of persons holds with the newcomers in it."""
        dwelling = world.dwellings()[key]
        capacity: int = dwelling["capacity"]
        homes = self._store.all("home")
        moved_in = sum(home["address"]["addressID"] == key for home in homes.values())
        moved_out = sum(world.people()[number]["addressID"] == key for number in homes)
        here = {number for number in newcomers if self.home_of(number)["address"]["addressID"] == key}
        registered: int = dwelling["registered"] + moved_in - moved_out
        return registered + len(set(newcomers) - here) <= capacity

    def move(self, numbers: list[str], address: JSON, transaction: str) -> None:
        """Register the move. A household that moves as a whole keeps its number, a part gets one."""
        whole = {person["personalNumber"] for person in self.household_of(numbers[0])["members"]}
        kept = self.home_of(numbers[0])["householdID"]
        household = kept if whole == set(numbers) else f"H-{transaction[-8:]}"
        known = world.dwellings().get(address["addressID"], address)
        for number in numbers:
            self._store.put("home", number, {"householdID": household, "address": known})


def _is_minor(person: JSON, today: date) -> bool:
    born = str(person["dateOfBirth"])
    return born > f"{today.year - 18:04d}{today.isoformat()[4:]}"
