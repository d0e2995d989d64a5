"""Answers as people read them."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting

JSON = dict[str, Any]


def shown(spec: JSON, value: Any) -> str:
    """A cleaned answer in words; one that need not be given and was not says so."""
    if value is None:
        return _("Not answered")
    if spec["kind"] == "yes-no":
        return _("Yes") if value else _("No")
    if spec["kind"] == "date":
        return date_format(date.fromisoformat(value), "j F Y")
    if spec["kind"] == "choice":
        return from_data(spec["choices"][value])
    if spec["kind"] == "choices":
        return ", ".join(from_data(spec["choices"][one]) for one in value)
    return str(value)
