"""Agreements: every call to an agency stands on a law, and a service says how its cases begin."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions.checks.problem import Problem, at
from workflows.definitions.model import every_block

JSON = dict[str, Any]


def check(document: JSON) -> Iterator[Problem]:
    """Every missing agreement, and every way to begin that is only half said."""
    for block in every_block(document["steps"]):
        asks = block["kind"] in ("lookup", "deliver")
        if asks and not (block.get("legal_basis") or document.get("legalBasis")):
            verb = "asks for" if block["kind"] == "lookup" else "tells"
            why = f"{verb} personal data without an agreement: no legal basis is named"
            yield Problem(
                at(block), why, "name the law as legal_basis here, or as legalBasis of the definition"
            )
    begins = document.get("begins", "citizen")
    if begins in ("citizen", "appeal") and not document.get("pages"):
        yield Problem("pages", f"a service that begins with a {begins} asks nothing", "add a page")
    if begins == "event" and not document.get("start"):
        yield Problem(
            "start", "nothing says which event begins a case", "add start with from, type and applicant"
        )
    if begins != "event" and document.get("start"):
        yield Problem(
            "start", f"the service begins with a {begins}, not with an event", 'say "begins": "event"'
        )
    yield from _prefills(document)


def _prefills(document: JSON) -> Iterator[Problem]:
    known = {"applicant", *(one["into"] for one in document.get("prefill", []))}
    for page in document.get("pages", []):
        for field in page["fields"]:
            source = (field.get("prefill") or {}).get("from")
            if source is not None and source not in known:
                there = ", ".join(sorted(known))
                yield Problem(f"field {field['name']!r}", f"is filled from {source!r}", f"there are {there}")
