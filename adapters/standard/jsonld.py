"""JSON-LD of the canonical types: a context scoped by type, and values tagged as SEMIC wants them.

Contexts clash on `name type identifier value`, so every type has its own scoped context. It travels inline:
nothing is ever fetched to read it.
"""

from typing import Any
from urllib.parse import quote

from pydantic.fields import FieldInfo

from adapters.standard.base import VOCABULARY, Canonical, expand
from adapters.standard.dates import XSD, datatype

TYPED = {"date": f"{XSD}date", "dateTime": f"{XSD}dateTime"}
NODES = {
    "concept": "skos:Concept",
    "jurisdiction": "dct:Jurisdiction",
    "location": "dct:Location",
    "agent": "foaf:Agent",
}
LABELS = {
    "location": "locn:geographicName",
    "agent": "dct:title",
}  # the node's name; others are codes in an IRI


def extra(field: FieldInfo) -> dict[str, Any]:
    """The term and kind a field was declared with."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def context(types: tuple[type[Canonical], ...]) -> dict[str, Any]:
    """The JSON-LD 1.1 context of these types, each with its own scope."""
    scopes = {model.__name__: {"@id": expand(model.TERM), "@context": _scope(model)} for model in types}
    return {"@context": {"@version": 1.1, **scopes}}


def _scope(model: type[Canonical]) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        known = extra(field)
        entry = {"@id": known["x-term"]}
        if known.get("x-kind") in TYPED:
            entry["@type"] = TYPED[known["x-kind"]]
        scope[field.alias or name] = entry
    return scope


def to_jsonld(value: Canonical, types: tuple[type[Canonical], ...], language: str = "en") -> dict[str, Any]:
    """A value as JSON-LD with its context inline; texts are tagged with ``language``."""
    return {**context(types), **_node(value, language)}


def _node(value: Canonical, language: str) -> dict[str, Any]:
    node: dict[str, Any] = {"@type": type(value).__name__}
    canonical = value.to_canonical()
    for name, field in type(value).model_fields.items():
        part, alias = getattr(value, name), field.alias or name
        if part is not None:
            node[alias] = _value(part, canonical[alias], extra(field).get("x-kind", ""), language)
    notation, authority = canonical.get("notation"), canonical.get("issuingAuthority")
    if notation and authority:
        node["@id"] = f"{VOCABULARY}id/{quote(authority, safe='')}/{quote(notation, safe='')}"
    return node


def _value(part: Any, plain: Any, kind: str, language: str) -> Any:
    if isinstance(part, Canonical):
        return _node(part, language)
    if isinstance(part, list):
        return [_value(one, text, kind, language) for one, text in zip(part, plain, strict=True)]
    if kind == "lang":
        return {"@value": plain, "@language": language}
    if kind == "partial":
        return {"@value": plain, "@type": datatype(plain)}
    if kind in LABELS:
        tagged = {"@value": plain, "@language": language}
        return {"@type": expand(NODES[kind]), expand(LABELS[kind]): tagged}
    if kind in NODES:
        return {"@type": expand(NODES[kind]), "@id": f"{VOCABULARY}{kind}/{quote(plain, safe='')}"}
    return plain
