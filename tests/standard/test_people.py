"""The types accept the demo world, give it back unchanged, and name what is wrong at the field."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.standard import Case, Household, Person, clean_text, field_errors
from onestop.lib import aurelia

PARTS = ("addressID", "thoroughfare", "locatorDesignator", "locatorName", "postCode", "postName")
UNITS = ("adminUnitL1", "adminUnitL2")
NAMES = ("givenName", "familyName", "birthName", "dateOfBirth", "placeOfBirth", "sex", "citizenship")


def canonical_person(row: aurelia.Person) -> dict[str, Any]:
    """The canonical JSON of a person of the demo world."""
    found: dict[str, Any] = {"identifier": {"notation": row["personalNumber"], "issuingAuthority": "NPR"}}
    found |= {name: row[name] for name in NAMES if row.get(name)}  # type: ignore[literal-required]
    contact = {"hasEmail": row["email"], "hasTelephone": row["telephone"]}
    if any(contact.values()):
        found["contactPoint"] = {name: value for name, value in contact.items() if value}
    for home in aurelia.addresses():
        if home["addressID"] == row["addressID"]:
            found["domicile"] = {name: home[name] for name in (*PARTS, *UNITS) if name in home}
    return found


def faults(model: type[Any], value: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    return dict(field_errors(caught.value))


@pytest.mark.parametrize("row", aurelia.people(), ids=lambda row: row["personalNumber"])
def test_everybody_goes_round_unchanged(row: aurelia.Person) -> None:
    value = canonical_person(row)
    assert Person.model_validate(value).to_canonical() == value


NAMED = {"givenName": "Ada", "familyName": "Berg", "dateOfBirth": "1985"}
HOME = {"thoroughfare": "Harbour Street"}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"givenName": "A" * 10_000}, "givenName", "200 characters"),
        ({"givenName": "A\x07da"}, "givenName", "U+0007"),
        ({"givenName": ""}, "givenName", "empty"),
        ({"givenName": 7}, "givenName", "text"),
        ({"dateOfBirth": "1985-02-30"}, "dateOfBirth", "not a date that exists"),
        ({"dateOfBirth": "1985-13"}, "dateOfBirth", "not a date that exists"),
        ({"dateOfBirth": "12/03/1985"}, "dateOfBirth", "like 1985-03-12"),
        ({"dateOfBirth": "\u0661\u0669\u0668\u0665"}, "dateOfBirth", "like 1985-03-12"),
        ({"nickname": "A"}, "nickname", "not a field"),
        ({"sex": "f"}, "sex", "one of"),
        ({"domicile": {**HOME, "postCode": "4125"}}, "domicile.postCode", "five digits"),
        ({"domicile": HOME}, "domicile", "postcode or town"),
        ({"contactPoint": {"hasEmail": "ada@"}}, "contactPoint.hasEmail", "e-mail"),
        ({"contactPoint": {"hasTelephone": "call me"}}, "contactPoint.hasTelephone", "telephone"),
        ({"contactPoint": {}}, "contactPoint", "e-mail address or a telephone"),
        ({"familyName": None}, "", "identifier, or the given name"),
        ({"domicile": "here"}, "domicile", "object"),
    ],
)
def test_a_fault_is_named_at_its_field(change: dict[str, Any], path: str, words: str) -> None:
    found = faults(Person, {**NAMED, **change})
    assert set(found) == {path}
    assert words in found[path]


def test_a_household_without_members_is_refused() -> None:
    assert faults(Household, {"member": []}) == {"member": "A household has at least one member"}
    assert faults(Household, {}) == {"member": "Is missing"}
    assert "member[0].sex" in faults(Household, {"member": [{**NAMED, "sex": "x"}]})


def test_a_case_wants_moments_with_a_time_zone() -> None:
    value = {"identifier": {"notation": "MOV-1"}, "service": "moving-house", "applicant": NAMED}
    assert "time zone" in faults(Case, {**value, "started": "2026-03-12T10:15:00"})["started"]
    assert "exists" in faults(Case, {**value, "started": "2026-02-30T10:15:00Z"})["started"]
    case = Case.model_validate({**value, "started": "2026-03-12T10:15:00Z"})
    assert case.to_canonical() == {**value, "started": "2026-03-12T10:15:00Z"}


def test_cleaning_says_what_it_took_away() -> None:
    cleaned = clean_text("  A\x00da\x0b ")
    assert (cleaned.text, cleaned.removed) == ("Ada", ("U+0000", "U+000B"))
    assert clean_text("Ada\tB\nC").removed == ()
