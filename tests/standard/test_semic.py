"""Exported persons and addresses conform to the SEMIC shapes, and the check can fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, URIRef

from adapters.standard import TYPES, Person
from adapters.standard.jsonld import to_jsonld
from onestop.lib import aurelia
from tests.corpus import corpus
from tests.standard.test_people import canonical_person

__all__ = ["corpus"]
pytestmark = [pytest.mark.corpus, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PERSON = URIRef("http://www.w3.org/ns/person#Person")
ADDRESS = URIRef("http://www.w3.org/ns/locn#Address")
SHAPES = ("Core-Person-Vocabulary", "Core-Location-Vocabulary")


@pytest.fixture(scope="module")
def shapes(corpus: Path) -> list[Graph]:
    found = [sorted((corpus / "semic" / name).glob("releases/*/shacl/*.ttl")) for name in SHAPES]
    return [Graph().parse(paths[-1]) for paths in found]


def graph_of(node: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(node), format="json-ld")


def exported(row: aurelia.Person) -> dict[str, Any]:
    return to_jsonld(Person.model_validate(canonical_person(row)), TYPES)


def test_everybody_and_their_address_conform(shapes: list[Graph]) -> None:
    graph = Graph()
    for row in aurelia.people():
        graph += graph_of(exported(row))
    assert len(set(graph.subjects(RDF.type, PERSON))) == len(aurelia.people())
    assert set(graph.subjects(RDF.type, ADDRESS))
    for shape in shapes:
        conforms, _, report = validate(graph, shacl_graph=shape)
        assert conforms, report


@pytest.mark.parametrize("path", ["givenName", "domicile.thoroughfare", "contactPoint", "sex"])
def test_a_broken_person_is_reported(shapes: list[Graph], path: str) -> None:
    node = exported(aurelia.people()[0])
    place = node
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    place[last] = 7
    assert not validate(graph_of(node), shacl_graph=shapes[0])[0]
