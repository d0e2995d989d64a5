"""What every type of the standard shares: strictness, terms, and canonical JSON.

A class says its vocabulary term in ``TERM``; a field says its own through :func:`term`. From these one source
the JSON Schema, the JSON-LD context and the reference page are made.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

VOCABULARY = "https://data.onestop.example/standard/1/"  # our extension; an identifier, nothing is fetched
PREFIXES = {
    "person": "http://www.w3.org/ns/person#",
    "locn": "http://www.w3.org/ns/locn#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "m8g": "http://data.europa.eu/m8g/",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "os": VOCABULARY,
}


def expand(short: str) -> str:
    """Turn ``foaf:givenName`` into its full URI; raises KeyError for an unknown prefix."""
    prefix, _, name = short.partition(":")
    return PREFIXES[prefix] + name


def term(uri: str, description: str, *, kind: str = "", **limits: Any) -> Any:
    """A field with its term and meaning.

    ``kind`` says how JSON-LD writes it: "" a plain literal, ``lang`` a language-tagged one, ``partial`` a
    partial date, ``date`` and ``dateTime`` typed ones; ``concept``, ``jurisdiction``, ``location`` and
    ``agent`` a node of that class. Fields are optional unless ``default=...`` is given.
    """
    extra: JsonDict = {"x-term": expand(uri)}
    if kind:
        extra["x-kind"] = kind
    return Field(limits.pop("default", None), description=description, json_schema_extra=extra, **limits)


class Canonical(BaseModel):
    """The root of all types: unknown names refused, values never coerced, instances frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    TERM: ClassVar[str] = ""

    def to_canonical(self) -> dict[str, Any]:
        """Canonical JSON: names of the standard, absent fields left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
