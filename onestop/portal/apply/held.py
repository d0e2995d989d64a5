"""What is held already: the answer so far, else what a register or the e-ID says, with source and date."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adapters.models import Connection
from workflows.applicant import person_of
from workflows.models import Draft

JSON = dict[str, Any]
EID = _("your e-ID")


@dataclass(frozen=True, slots=True)
class Held:
    """What a page begins with: values by field, and where each came from."""

    initial: JSON
    sources: dict[str, tuple[str, str]]  # field -> (who holds it, since when)


def held(draft: Draft, page: JSON) -> Held:
    """Return the values a page shows before anything is typed."""
    initial: JSON = {}
    sources: dict[str, tuple[str, str]] = {}
    for spec in page["fields"]:
        known = at(draft.answers, spec.get("path", spec["name"]))
        source = _source(draft, spec)
        if source:
            sources[spec["name"]] = source
        if known is None and spec.get("prefill", {}).get("from") == "applicant":
            known = at(person_of(draft.applicant), spec["prefill"]["path"])
        if spec["kind"] == "household":
            known = [mover["notation"] for mover in known] if known else [draft.applicant.identifier]
        if known is not None:
            initial[spec["name"]] = known
    return Held(initial, sources)


def silent(draft: Draft, page: JSON) -> list[tuple[str, str]]:
    """The registers that gave no answer for this page, as (connection, when asked)."""
    asked = {spec["prefill"]["from"] for spec in page["fields"] if "prefill" in spec}
    return [
        (told["source"], told["at"])
        for name, told in draft.prefill.items()
        if name in asked and told["state"] == "silent"
    ]


def unknown(draft: Draft, page: JSON) -> bool:
    """Whether a register answered that it does not know the citizen."""
    asked = {spec["prefill"]["from"] for spec in page["fields"] if "prefill" in spec}
    return any(told["state"] == "not-found" for name, told in draft.prefill.items() if name in asked)


def _source(draft: Draft, spec: JSON) -> tuple[str, str] | None:
    prefill = spec.get("prefill")
    if prefill is None:
        return None
    if prefill["from"] == "applicant":
        value = at(person_of(draft.applicant), prefill["path"])
        return (str(EID), "") if value else None
    told = draft.prefill.get(prefill["from"], {})
    if told.get("state") != "answered":
        return None
    as_of = told["value"].get(prefill.get("asOf", ""), told["at"])
    return agency_name(told["source"]), str(as_of)[:10]


def agency_name(key: str) -> str:
    """The name of the agency behind a connection, in the person's language."""
    row = Connection.objects.filter(key=key).only("name").first()
    return gettext(row.name) if row else key


def at(value: Any, path: str) -> Any:
    """Walk a path of names; None where there is nothing."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
