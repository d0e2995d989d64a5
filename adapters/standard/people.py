"""Persons, their identifiers, addresses and households: the SEMIC Core Person and Core Location names.

SEMIC's shapes set almost no cardinality; these types do, because a register cannot act on an empty person.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from adapters.standard.base import Canonical, term
from adapters.standard.dates import FullDate, PartialDate
from adapters.standard.text import Checked, Code, Line, Name

PostCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
EMAIL = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
Email = Annotated[str, StringConstraints(pattern=EMAIL, max_length=254), Checked]
Telephone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{4,24}$")]


def refuse_unless(holds: bool, message: str) -> None:
    """Refuse a whole value whose fields do not belong together."""
    if not holds:
        raise PydanticCustomError("incomplete", "{reason}", {"reason": message})


class Identifier(Canonical):
    """A string by which an authority tells a person, an organisation or a thing apart."""

    TERM: ClassVar[str] = "adms:Identifier"

    notation: Code = term("skos:notation", "The characters of the identifier", default=...)
    issuing_authority: Name | None = term(
        "adms:schemeAgency", "Who issued it: the key of the agency, like NPR", alias="issuingAuthority"
    )
    date_issued: FullDate | None = term("dct:issued", "When it was issued", kind="date", alias="dateIssued")


class ContactPoint(Canonical):
    """How to reach somebody; at least one way."""

    TERM: ClassVar[str] = "m8g:ContactPoint"

    has_email: Email | None = term("m8g:email", "E-mail address", alias="hasEmail")
    has_telephone: Telephone | None = term(
        "m8g:telephone", "Telephone number, best with the country's prefix", alias="hasTelephone"
    )

    @model_validator(mode="after")
    def reachable(self) -> Self:
        """Refuse a contact point with no way to reach anybody."""
        refuse_unless(
            bool(self.has_email or self.has_telephone), "Give an e-mail address or a telephone number"
        )
        return self


class Address(Canonical):
    """A place somebody lives or can be written to; by its register's id, its parts or in full."""

    TERM: ClassVar[str] = "locn:Address"

    address_id: Code | None = term("locn:addressId", "Id in the land and address register", alias="addressID")
    full_address: Line | None = term(
        "locn:fullAddress", "The whole address in one line", kind="lang", alias="fullAddress"
    )
    thoroughfare: Name | None = term("locn:thoroughfare", "Street or road", kind="lang")
    locator_designator: Code | None = term(
        "locn:locatorDesignator", "House number, with its letter", alias="locatorDesignator"
    )
    locator_name: Name | None = term(
        "locn:locatorName", "Name of the building, or the flat", kind="lang", alias="locatorName"
    )
    post_code: PostCode | None = term("locn:postCode", "Postcode of five digits", alias="postCode")
    post_name: Name | None = term("locn:postName", "Post town", kind="lang", alias="postName")
    admin_unit_l1: Country | None = term(
        "locn:adminUnitL1", "Country, three capital letters", kind="lang", alias="adminUnitL1"
    )
    admin_unit_l2: Name | None = term("locn:adminUnitL2", "Municipality", kind="lang", alias="adminUnitL2")

    @model_validator(mode="after")
    def findable(self) -> Self:
        """Refuse an address nobody could find."""
        parts = self.thoroughfare and (self.post_code or self.post_name)
        found = bool(self.address_id or self.full_address or parts)
        refuse_unless(found, "Give a street with a postcode or town, the full address, or an address id")
        return self


class Person(Canonical):
    """A natural person: known by an identifier, or by both names and the date of birth."""

    TERM: ClassVar[str] = "person:Person"

    identifier: Identifier | None = term("dct:identifier", "Personal number or other identifier")
    given_name: Name | None = term("foaf:givenName", "Given names", kind="lang", alias="givenName")
    family_name: Name | None = term("foaf:familyName", "Family name", kind="lang", alias="familyName")
    birth_name: Name | None = term("person:birthName", "Full name at birth", kind="lang", alias="birthName")
    date_of_birth: PartialDate | None = term(
        "m8g:birthDate", "Date of birth, as exact as is known", kind="partial", alias="dateOfBirth"
    )
    place_of_birth: Name | None = term(
        "person:placeOfBirth", "Where born", kind="location", alias="placeOfBirth"
    )
    sex: Literal["female", "male", "other"] | None = term("m8g:sex", "Sex as registered", kind="concept")
    citizenship: Country | None = term(
        "person:citizenship", "Country of citizenship, three capital letters", kind="jurisdiction"
    )
    contact_point: ContactPoint | None = term("m8g:contactPoint", "How to reach them", alias="contactPoint")
    domicile: Address | None = term("m8g:domicile", "Where they are registered as living")

    @model_validator(mode="after")
    def known(self) -> Self:
        """Refuse a person nobody could tell from another."""
        described = self.given_name and self.family_name and self.date_of_birth
        refuse_unless(
            bool(self.identifier or described),
            "Give an identifier, or the given name, family name and date of birth",
        )
        return self


def refuse_empty(people: list[Person]) -> list[Person]:
    """Refuse a household without members."""
    refuse_unless(bool(people), "A household has at least one member")
    return people


class Household(Canonical):
    """The people who live together at one address, as a register knows them on a day."""

    TERM: ClassVar[str] = "os:Household"

    household_id: Code | None = term("dct:identifier", "Id of the household", alias="householdID")
    domicile: Address | None = term("m8g:domicile", "Where the household lives")
    member: Annotated[list[Person], AfterValidator(refuse_empty)] = term(
        "os:member", "Who lives in it", default=...
    )
    as_of: FullDate | None = term("os:asOf", "The day the register vouches for", kind="date", alias="asOf")


class Vehicle(Canonical):
    """A registered vehicle."""

    TERM: ClassVar[str] = "schema:Vehicle"

    registration_number: Code = term(
        "os:registrationNumber", "Number on the plate", default=..., alias="registrationNumber"
    )
    make: Name | None = term("schema:manufacturer", "Make")
    model: Name | None = term("schema:model", "Model")
