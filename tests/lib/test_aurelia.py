"""The demo world agrees with itself."""

from collections import Counter

from onestop.lib import aurelia
from onestop.lib.personal_number import is_valid

PEOPLE = {row["personalNumber"]: row for row in aurelia.people()}
ADDRESSES = {row["addressID"]: row for row in aurelia.addresses()}


def test_everybody_is_told_apart_by_a_valid_number_and_subject() -> None:
    assert len(PEOPLE) == len(aurelia.people()) >= 20
    assert all(is_valid(number) for number in PEOPLE)
    subjects = [row["subject"] for row in (*aurelia.people(), *aurelia.staff())]
    assert max(Counter(subjects).values()) == 1


def test_everything_points_at_something_that_exists() -> None:
    assert {row["addressID"] for row in PEOPLE.values()} - {""} <= ADDRESSES.keys()
    assert {row["keeper"] for row in aurelia.vehicles()} <= PEOPLE.keys()
    for household in aurelia.households():
        assert household["addressID"] in ADDRESSES
        for member in household["members"]:
            assert PEOPLE[member]["householdID"] == household["householdID"]


def test_there_is_somewhere_to_move_to_and_somewhere_too_full() -> None:
    assert any(row["registered"] == 0 for row in ADDRESSES.values())
    assert any(row["registered"] > row["capacity"] for row in ADDRESSES.values())
    assert len({row["adminUnitL2"] for row in ADDRESSES.values()}) >= 3
    assert max(Counter(row["postCode"] for row in ADDRESSES.values()).values()) >= 3
