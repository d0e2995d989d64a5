"""The values that are measured: a whole family moves."""

from typing import Any

PORTAL = "http://127.0.0.1:9"  # nobody there: callbacks are not measured
MARIA = "19850312T4240"
FAMILY = [MARIA, "19831102T4318", "20140621T4387", "20180130T4452"]
ADDRESS = {
    "addressID": "AU-20020001",
    "thoroughfare": "Orchard Road",
    "locatorDesignator": "8",
    "postCode": "52330",
    "postName": "Vestvik",
    "adminUnitL1": "AUR",
    "adminUnitL2": "Vestvik",
}
PERSON = {
    "identifier": {"notation": MARIA, "issuingAuthority": "NPR"},
    "givenName": "Maria",
    "familyName": "Lindqvist-Okafor",
    "dateOfBirth": "1985-03-12",
    "contactPoint": {"hasEmail": "maria@example.org", "hasTelephone": "+46701740605"},
}
MOVE: dict[str, Any] = {
    "person": PERSON,
    "movers": FAMILY,
    "moveDate": "2026-12-01",
    "address": ADDRESS,
    "tenancy": True,
    "callback": f"{PORTAL}/api/v1/agencies/npr/status",
}
CHANGE: dict[str, Any] = {"person": PERSON, "address": ADDRESS, "from": "2026-12-01"}
NPR = "urn:aurelia:npr:population:v2"


def household_reply() -> bytes:
    """A GetHousehold reply with four residents, as the register writes it."""
    residents = "".join(
        f"<n:Resident><n:PersonNumber>{number}</n:PersonNumber><n:Surname>Lindqvist-Okafor</n:Surname>"
        "<n:Forenames>Maria</n:Forenames><n:SurnameAtBirth>Lindqvist</n:SurnameAtBirth>"
        "<n:BirthDate>1985-03-12</n:BirthDate><n:BirthPlace>Eastholm</n:BirthPlace><n:SexCode>2</n:SexCode>"
        "<n:CitizenshipCode>AUR</n:CitizenshipCode></n:Resident>"
        for number in FAMILY
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope '
        f'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<n:GetHouseholdResponse xmlns:n="{NPR}">'
        "<n:Household><n:HouseholdNumber>HH-0001</n:HouseholdNumber><n:Dwelling>"
        "<n:DwellingNumber>AU-10010001</n:DwellingNumber><n:Street>Harbour Street</n:Street>"
        "<n:HouseNumber>12</n:HouseNumber><n:PostalNumber>41255</n:PostalNumber>"
        "<n:PostalTown>Eastholm</n:PostalTown><n:MunicipalityCode>0412</n:MunicipalityCode>"
        f"<n:CountryCode>AUR</n:CountryCode></n:Dwelling>{residents}</n:Household>"
        "<n:ExtractDate>2026-11-23</n:ExtractDate></n:GetHouseholdResponse></s:Body></s:Envelope>"
    ).encode()
