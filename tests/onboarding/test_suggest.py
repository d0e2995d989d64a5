"""Proposals: how often they are right on real contracts, and what is never plain."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from adapters.connection_spec import FOLDER
from adapters.contracts.access import Access
from adapters.mapping.plan import plans
from adapters.mapping.rules import parse
from adapters.onboarding import mapping_text, names, operations, places
from adapters.onboarding.places import Place
from adapters.onboarding.suggest import CHECK, LIKELY, MISSING, Proposal, propose
from tests.onboarding.labels import LABELS


def proposals(folder: Path, wsdl: str, operation: str, direction: str) -> dict[str, Proposal]:
    path = folder / wsdl
    described = operations.read(path, Access(folder)).operations[operation]
    found = propose(getattr(described, direction)(), is_reply=direction == "reply")
    return {one.place.path: one for one in found}


@pytest.mark.corpus
def test_likely_is_right_nine_times_of_ten(corpus: Path) -> None:
    right = wrong = missed = wanted = 0
    for (wsdl, operation, direction), labels in LABELS.items():
        found = proposals(corpus / "nl-suwinet" / "wsdls", wsdl, operation, direction)
        for path, field in labels.items():
            one = found[path]
            if one.verdict == LIKELY:
                right += one.field == field
                wrong += one.field != field
            if field not in {"", "code"}:
                wanted += 1
                missed += one.verdict != LIKELY
    assert right + wrong >= 30
    assert right / (right + wrong) >= 0.9
    assert (wanted - missed) / wanted >= 0.8  # the rest are asked about, see the test below


@pytest.mark.corpus
def test_codes_are_never_plain_and_little_is_overlooked(corpus: Path) -> None:
    overlooked = wanted = 0
    for (wsdl, operation, direction), labels in LABELS.items():
        found = proposals(corpus / "nl-suwinet" / "wsdls", wsdl, operation, direction)
        for path, field in labels.items():
            if field == "code":
                assert found[path].verdict == CHECK, path
                assert found[path].codes, path
            elif field:
                wanted += 1
                overlooked += found[path].verdict == MISSING
    assert overlooked / wanted <= 0.1


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Förnamn", "Person.givenName"),
        ("Etternavn", "Person.familyName"),
        ("Geburtsdatum", "Person.dateOfBirth"),
        ("fødselsnummer", "Person.identifier.notation"),
        ("Henkilötunnus", "Person.identifier.notation"),
        ("codice_fiscale", "Person.identifier.notation"),
        ("PESEL", "Person.identifier.notation"),
        ("Perekonnanimi", "Person.familyName"),
        ("codePostal", "Address.postCode"),
        ("Straßenname", "Address.thoroughfare"),
        ("raqamAlHawiya", "Person.identifier.notation"),
        ("Schuhgröße", ""),
    ],
)
def test_registers_of_many_languages(name: str, field: str) -> None:
    kind = "date" if field.endswith("dateOfBirth") else "text"
    (one,) = propose([Place(name, type=kind)])
    assert (one.field, one.verdict) == ((field, LIKELY) if field else ("", MISSING))


@pytest.mark.parametrize(
    "name", ["BirthPlaceCode", "CdStatus", "landkod", "SexCode", "kjonnkode", "NationalityCd"]
)
def test_names_of_codes_go_to_a_code_list(name: str) -> None:
    (one,) = propose([Place(name)])
    assert one.verdict == CHECK
    assert one.codes
    assert names.is_code(name)


def test_enumerations_go_to_a_code_list() -> None:
    (one,) = propose([Place("GivenName", codes=("A", "B"))])
    assert (one.verdict, one.codes) == (CHECK, "given_name")


def test_another_person_is_asked_about() -> None:
    (one,) = propose([Place("Person/Mother/GivenName")])
    assert one.verdict == CHECK
    assert "mother" in one.reason


@pytest.mark.parametrize(
    "contract", ["npr/npr.wsdl", "vdr/vdr.wsdl", "laa/laa.xsd", "tax/tax.openapi.json", "sia/sia.layout.toml"]
)
def test_every_kind_of_contract_becomes_a_mapping_that_compiles(contract: str) -> None:
    found = operations.read(FOLDER / contract)
    text = mapping_text.write(found, list(found.operations))
    assert plans(parse(tomllib.loads(text)))


def test_a_json_schema_within_itself_is_unfolded_once() -> None:
    node: dict[str, Any] = {"type": ["object", "null"], "properties": {"name": {"type": "string"}}}
    for side in ("left", "right"):
        node["properties"][side] = node
    node["properties"]["list"] = {"type": ["array", "null"], "items": node}
    found = [one.path for one in places.of_schema(node, lambda one: one)]
    assert found == ["name"]


def test_two_calls_that_are_one_word_in_small_letters_have_tables_of_their_own() -> None:
    described = {name: operations.Described(name, list, list) for name in ("getItem", "get_item")}
    text = mapping_text.write(operations.Contract("rest", described), list(described))
    tables = tomllib.loads(text)["operations"]
    assert {name: table["call"] for name, table in tables.items()} == {
        "get_item": "getItem",
        "get_item_2": "get_item",
    }
