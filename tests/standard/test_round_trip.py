"""Canonical JSON of every type, with random fields left out, goes to a model and back unchanged."""

import json
import random
from typing import Any

import pytest
from rdflib import Graph, URIRef

from adapters.standard import TYPES, Canonical
from adapters.standard.base import PREFIXES, expand
from adapters.standard.jsonld import to_jsonld
from onestop.lib import aurelia
from tests.standard.test_people import canonical_person

MOMENT = "2026-03-12T10:15:00Z"
PERSON = canonical_person(aurelia.people()[0])
NUMBER = {"notation": "D/1", "issuingAuthority": "NPR", "dateIssued": "2026-01-31"}
DOCUMENT = {"identifier": NUMBER, "title": "Lease", "mediaType": "application/pdf", "created": MOMENT}
DOCUMENT |= {"byteSize": 12, "digest": "a" * 64}
EVIDENCE = {"identifier": NUMBER, "evidenceType": "lease", "issuingAuthority": "LAA", "about": PERSON}
EVIDENCE |= {"issued": MOMENT, "validUntil": "2027-01-01", "document": DOCUMENT}
EVENT = {"status": "registered", "occurredAt": MOMENT, "agency": "NPR", "reference": "7", "statement": "Done"}
DECISION = {
    "outcome": "granted",
    "decidedAt": MOMENT,
    "decidedBy": "NPR",
    "reason": "ok",
    "legalBasis": ["1 §"],
}
CASE = {"identifier": NUMBER, "service": "moving-house", "applicant": PERSON, "started": MOMENT}
CASE |= {"ended": MOMENT, "statusEvent": [EVENT], "document": [DOCUMENT], "evidence": [EVIDENCE]}
FULL: dict[str, dict[str, Any]] = {
    "Person": PERSON,
    "Address": {**PERSON["domicile"], "fullAddress": "Harbour Street 12"},
    "Household": {
        "householdID": "HH-1",
        "domicile": PERSON["domicile"],
        "member": [PERSON],
        "asOf": "2026-01-31",
    },
    "Identifier": NUMBER,
    "ContactPoint": PERSON["contactPoint"],
    "Case": {**CASE, "decision": [DECISION]},
    "StatusEvent": EVENT,
    "Document": DOCUMENT,
    "Evidence": EVIDENCE,
    "Decision": DECISION,
    "Vehicle": {"registrationNumber": "ABC 123", "make": "Volvo", "model": "V60"},
}
ANCHORS = {"Person": "identifier", "Address": "addressID", "ContactPoint": "hasEmail"}


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_round_trip(model: type[Canonical]) -> None:
    full, chance = FULL[model.__name__], random.Random(20260312)
    assert {field.alias or name for name, field in model.model_fields.items()} >= full.keys()
    needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
    needed.add(ANCHORS.get(model.__name__, ""))
    for _ in range(200):
        value = {name: part for name, part in full.items() if name in needed or chance.random() < 0.5}
        text = json.dumps(value)
        assert model.model_validate_json(text).to_canonical() == value
        assert model.model_validate(value).to_canonical() == value


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_field_becomes_its_term(model: type[Canonical]) -> None:
    node = to_jsonld(model.model_validate(FULL[model.__name__]), TYPES)
    graph = Graph().parse(data=json.dumps(node), format="json-ld")
    assert (None, None, URIRef(expand(model.TERM))) in graph
    for name, field in model.model_fields.items():
        if (field.alias or name) in FULL[model.__name__]:
            assert (None, URIRef(field.json_schema_extra["x-term"]), None) in graph  # type: ignore[index,call-overload]
    assert all(
        str(term).startswith(tuple(PREFIXES.values())) for term in graph.predicates() if "rdf-syn" not in term
    )
