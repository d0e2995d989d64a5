"""Agreements: every call to an agency stands on law or consent, and a service says how its cases begin."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions.checks.problem import Problem, at
from workflows.definitions.model import every_block

JSON = dict[str, Any]


def check(document: JSON) -> Iterator[Problem]:
    """Every missing agreement, and every way to begin that is only half said."""
    for block in every_block(document["steps"]):
        asks = block["kind"] in ("lookup", "deliver")
        if "optional" in block:
            yield from _consent(document, block)
        elif asks and not (block.get("legal_basis") or document.get("legalBasis")):
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


def _consent(document: JSON, block: JSON) -> Iterator[Problem]:
    """What stands on the applicant's consent must be a delivery on which nothing else depends."""
    if block["kind"] != "deliver":
        yield Problem(
            at(block),
            "a register is asked by law or not at all",
            'take "optional" away, or make it a delivery',
        )
    if block.get("on_rejected") != "continue":
        why = "is left to consent, but its refusal would end the case or wait for a person"
        yield Problem(at(block), why, 'give it "on_rejected": "continue"')
    if not any(line["steps"] == [block["id"]] for line in document.get("lines", [])):
        yield Problem(at(block), "is left to consent, so its agency needs a line of its own", "add the line")


def _prefills(document: JSON) -> Iterator[Problem]:
    known = {"applicant", *(one["into"] for one in document.get("prefill", []))}
    for page in document.get("pages", []):
        for field in page["fields"]:
            source = (field.get("prefill") or {}).get("from")
            if source is not None and source not in known:
                there = ", ".join(sorted(known))
                yield Problem(f"field {field['name']!r}", f"is filled from {source!r}", f"there are {there}")
