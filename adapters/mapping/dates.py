"""Dates and moments over the border, partial dates and zones among them (ISO 8601-1, XML Schema 1.0 part 2).

``iso``     a calendar day as XML Schema writes it; a zone that it may carry is dropped
``moment``  a date and time with its offset
a pattern   of YYYY MM DD, for a moment also HH mm SS, between any other characters
``partial`` how the unknown part of a date goes: ``zeros`` (19850000), ``cut`` (1985) or ``refuse``
``zone``    the agency's time zone, by IANA name: its moments are written and read without an offset there
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.mapping.paths import as_text
from adapters.mapping.unfit import Unfit
from adapters.mapping.wrong import MappingWrong

Convert = Callable[[Any], Any]
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_ZONE = re.compile(r"(Z|[+-]\d{2}:\d{2})\Z")  # xsd:date may carry a zone; a calendar day has none
_FIELD = re.compile("YYYY|MM|DD|HH|mm|SS")
_CODES = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "SS": "%S"}
_STYLES = {"", "zeros", "cut", "refuse"}


def check(form: str, partial: str, zone: str) -> None:
    """Raise MappingWrong where the three do not make sense together."""
    if partial not in _STYLES:
        raise MappingWrong(f"partial = {partial!r}: say zeros, cut or refuse")
    if (partial or zone) and not form:
        raise MappingWrong("partial and zone belong to a date")
    if not form or form == "iso":
        return
    if zone and not is_moment(form):
        raise MappingWrong("zone belongs to a moment, which has hours")
    if form != "moment":
        fields = _FIELD.findall(form)
        if "YYYY" not in fields or len(fields) != len(set(fields)):
            raise MappingWrong(f"date = {form!r}: say iso, moment or a pattern such as YYYYMMDD")
        if is_moment(form) and not {"YYYY", "MM", "DD", "HH", "mm"} <= set(fields):
            raise MappingWrong(f"date = {form!r}: a moment has a year, month, day, hour and minute")
    if partial == "cut" and not form.startswith("YYYY"):
        raise MappingWrong("partial = 'cut' needs a pattern that begins with the year")
    if zone:
        _zone(zone)


def is_moment(form: str) -> bool:
    """True for a form that has hours."""
    return form == "moment" or "HH" in form


def outward(form: str, partial: str, zone: str) -> Convert:
    """From a canonical date or moment to the agency's text; it raises Unfit with an empty path."""
    if is_moment(form):
        return _to_moment(form, zone)

    def convert(value: Any) -> str:
        found = _PARTIAL.match(as_text(value))
        if found is None:
            raise Unfit("", "is not a date (year, year-month or year-month-day)")
        if found[3] is None and partial == "refuse":
            raise Unfit("", "must be a full date: the agency takes no partial ones")
        if form == "iso":
            return found[0]
        year, month, day = found[1], found[2] or "00", found[3] or "00"
        if partial == "cut":
            return _cut(form, found)
        return form.replace("YYYY", year).replace("MM", month).replace("DD", day)

    return convert


def _cut(form: str, found: re.Match[str]) -> str:
    """The pattern up to the first part that is not known (only for patterns that begin with the year)."""
    known = {"YYYY": found[1], "MM": found[2], "DD": found[3]}
    written, at = "", 0
    for field in _FIELD.finditer(form):
        part = known[field[0]]
        if part is None:
            return written
        written += form[at : field.start()] + part
        at = field.end()
    return written + form[at:]


def _to_moment(form: str, zone: str) -> Convert:
    there = _zone(zone) if zone else None

    def convert(value: Any) -> str:
        moment = _parsed(as_text(value))
        if moment.tzinfo is None:
            raise Unfit("", "is a moment without an offset")
        if there is not None:
            moment = moment.astimezone(there)
        if form == "moment":
            return moment.isoformat()
        return _FIELD.sub(lambda field: f"{moment:{_CODES[field[0]]}}".zfill(len(field[0])), form)

    return convert


def inward(form: str, zone: str) -> Convert:
    """From the agency's text to a canonical date or moment; it raises Unfit with an empty path."""
    if is_moment(form):
        return _from_moment(form, zone)
    if form == "iso":
        return lambda text: _ZONE.sub("", text) if len(text) > 10 or text.endswith("Z") else text
    shape = _expression(form)

    def convert(text: str) -> str | None:
        found = shape.match(text)
        if found is None:
            raise Unfit("", f"{text!r} is not a date written {form}")
        known = found.groupdict()
        parts = []
        for name in ("YYYY", "MM", "DD"):
            part = known.get(name)
            if part is None or not part.strip("0"):
                break
            parts.append(part)
        return "-".join(parts) or None  # all zeros: nothing is known

    return convert


def _expression(form: str) -> re.Pattern[str]:
    """A pattern of a date; what follows the year may be missing where it is not known."""
    text, at, open_groups = "", 0, 0
    for field in _FIELD.finditer(form):
        between = re.escape(form[at : field.start()])
        if field.start() and form.startswith("YYYY"):
            text += f"(?:{between}"
            open_groups += 1
        else:
            text += between
        text += f"(?P<{field[0]}>\\d{{{len(field[0])}}})"
        at = field.end()
    return re.compile(text + re.escape(form[at:]) + ")?" * open_groups + r"\Z", re.ASCII)


def _from_moment(form: str, zone: str) -> Convert:
    there = _zone(zone) if zone else None
    code = _FIELD.sub(lambda field: _CODES[field[0]], form)

    def convert(text: str) -> str:
        if form == "moment":
            moment = _parsed(text)
        else:
            try:
                moment = datetime.strptime(text, code)
            except ValueError as error:
                raise Unfit("", f"{text!r} is not a moment written {form}") from error
        if moment.tzinfo is None:
            if there is None:
                raise Unfit("", f"{text!r} has no offset, and the rule names no zone")
            moment = moment.replace(tzinfo=there)
        return moment.isoformat()

    return convert


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Unfit("", f"{text!r} is not a date and time") from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MappingWrong(f"there is no time zone {name!r}") from error
