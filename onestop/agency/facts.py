"""Canonical values laid out for reading: rows of a name and a text, whatever the value is about."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

JSON = dict[str, Any]
LABELS = {
    "applicant": _("Applicant"),
    "person": _("Person"),
    "movers": _("Who moves"),
    "address": _("New address"),
    "dwelling": _("The dwelling"),
    "moveDate": _("Date of the move"),
    "from": _("From"),
    "tenancy": _("Rented"),
    "reference": _("The register's number"),
    "reasonCode": _("The register's code"),
    "reason": _("The register's reason"),
    "direction": _("Direction"),
    "connection": _("Connection"),
    "operation": _("Operation"),
    "step": _("Step"),
    "vehicle": _("Vehicle"),
    "matter": _("Matter"),
    "grounds": _("What the appellant says"),
    "contact": _("Contact"),
}
HIDDEN = {"job", "callback", "of", "error"}


def facts(value: JSON) -> list[tuple[str, str]]:
    """Return what a caseworker needs to see, in the order it was given."""
    return [
        (gettext(LABELS.get(name, name)), text(name, one))
        for name, one in value.items()
        if name not in HIDDEN and one not in (None, "", [], {})
    ]


def text(name: str, value: Any) -> str:
    """One value as a line of text."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return "; ".join(text(name, one) for one in value)
    if not isinstance(value, dict):
        return {"in": gettext("Moving in"), "out": gettext("Moving out")}.get(str(value), str(value))
    if "capacity" in value:
        return gettext("%(registered)s registered, approved for %(capacity)s") % value
    if "thoroughfare" in value:
        return _address(value)
    if "givenName" in value:
        return _person(value)
    return ", ".join(text(name, one) for one in value.values())


def _address(value: JSON) -> str:
    street = " ".join(filter(None, [value.get("thoroughfare"), value.get("locatorDesignator")]))
    place = " ".join(filter(None, [value.get("postCode"), value.get("postName")]))
    known = value.get("addressID") or gettext("written by hand")
    return ", ".join(filter(None, [street, value.get("locatorName"), place, known]))


def _person(value: JSON) -> str:
    name = " ".join(filter(None, [value.get("givenName"), value.get("familyName")]))
    number = value.get("notation") or value.get("identifier", {}).get("notation", "")
    return f"{name} ({number})" if number else name
