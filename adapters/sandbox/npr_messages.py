"""The population register's own XML: between its elements and the world's data."""

from datetime import date
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.simulator.answering import Refusal
from adapters.simulator.elements import text_of, tree

NS = "urn:aurelia:npr:population:v2"
MUNICIPALITIES = {"Eastholm": "0412", "Vestvik": "0587", "Norrby": "0733"}
OTHER_MUNICIPALITY = "0999"
SEXES = {"male": "1", "female": "2", "other": "3"}
STATUS_CODES = {"received": "10", "unsure": "20", "registered": "30", "refused": "90"}
JSON = dict[str, Any]


def refusal(code: str, reason: str, element_name: str = "") -> Refusal:
    """The register does not do what was asked; ``code`` is of its list FaultCodeType."""
    return Refusal(reason, _tree("PopulationFault", Code=code, Reason=reason, ElementName=element_name))


def _tree(name: str, **children: str) -> Element:
    return tree(NS, "npr", name, **children)


def read_dwelling(element: Element) -> JSON:
    """A dwelling of a request as the world writes addresses; ``addressID`` is "" for one written by hand."""
    names = {code: name for name, code in MUNICIPALITIES.items()}
    return {
        "addressID": text_of(element, "DwellingNumber"),
        "thoroughfare": text_of(element, "Street"),
        "locatorDesignator": text_of(element, "HouseNumber"),
        "locatorName": text_of(element, "HouseName"),
        "postCode": text_of(element, "PostalNumber"),
        "postName": text_of(element, "PostalTown"),
        "adminUnitL1": text_of(element, "CountryCode"),
        "adminUnitL2": names.get(text_of(element, "MunicipalityCode"), ""),
    }


def _dwelling(name: str, address: JSON) -> Element:
    return _tree(
        name,
        DwellingNumber=address.get("addressID", ""),
        Street=address["thoroughfare"],
        HouseNumber=address["locatorDesignator"],
        HouseName=address.get("locatorName", ""),
        PostalNumber=address["postCode"],
        PostalTown=address["postName"],
        MunicipalityCode=MUNICIPALITIES.get(address.get("adminUnitL2", ""), OTHER_MUNICIPALITY),
        CountryCode=address.get("adminUnitL1", "AUR"),
    )


def _resident(person: JSON, name: str = "Resident") -> Element:
    return _tree(
        name,
        PersonNumber=person["personalNumber"],
        Surname=person["familyName"],
        Forenames=person["givenName"],
        SurnameAtBirth=person.get("birthName", ""),
        BirthDate=person["dateOfBirth"],
        BirthPlace=person.get("placeOfBirth", ""),
        SexCode=SEXES.get(person.get("sex", ""), "9"),
        CitizenshipCode=person.get("citizenship", ""),
    )


def household_element(household: JSON, today: date) -> Element:
    """The answer to GetHousehold."""
    answer = _tree("GetHouseholdResponse")
    body = etree.SubElement(answer, f"{{{NS}}}Household")
    etree.SubElement(body, f"{{{NS}}}HouseholdNumber").text = household["householdID"]
    body.append(_dwelling("Dwelling", household["address"]))
    body.extend([_resident(person) for person in household["members"]])
    etree.SubElement(answer, f"{{{NS}}}ExtractDate").text = today.isoformat()
    return answer


def custody_element(children: list[JSON], today: date) -> Element:
    """The answer to GetCustody."""
    answer = _tree("GetCustodyResponse")
    answer.extend([_resident(person, "Child") for person in children])
    etree.SubElement(answer, f"{{{NS}}}ExtractDate").text = today.isoformat()
    return answer


def status_element(name: str, move: JSON) -> Element:
    """A transaction's status as the answer of that name."""
    return _tree(
        name,
        TransactionNumber=move["transaction"],
        StatusCode=STATUS_CODES[move["status"]],
        ReasonCode=move["reason_code"],
        ReasonText=move["reason"],
        DecidedAt=move["decided_at"],
    )
