"""What is wrong with a value, by canonical path and in plain English: for a form, a log, an API."""

from typing import Any

from pydantic import ValidationError

PLAIN = {
    "missing": "Is missing",
    "extra_forbidden": "Is not a field of this type",
    "string_type": "Must be text",
    "string_too_short": "Must not be empty",
    "string_too_long": "Must be {max_length} characters or fewer",
    "int_type": "Must be a whole number",
    "greater_than_equal": "Must be {ge} or more",
    "list_type": "Must be a list",
    "literal_error": "Must be one of {expected}",
    "timezone_aware": "Must say its time zone, like 2026-03-12T10:15:00Z",
}
PATTERNS = {
    "postCode": "Must be a postcode of five digits, like 41255",
    "hasEmail": "Must be an e-mail address, like name@example.org",
    "hasTelephone": "Must be a telephone number, like +46 70 123 45 67",
    "adminUnitL1": "Must be a country code of three capital letters, like AUR",
    "citizenship": "Must be a country code of three capital letters, like AUR",
    "mediaType": "Must be a media type, like application/pdf",
    "digest": "Must be a SHA-256 digest of 64 hexadecimal digits",
}
OURS = {"forbidden_character", "date_shape", "date_impossible", "date_partial", "incomplete"}


def field_errors(error: ValidationError) -> list[tuple[str, str]]:
    """Each fault as (canonical path like ``domicile.postCode`` or ``member[0].sex``, message)."""
    return [(path_of(fault["loc"]), message_of(dict(fault))) for fault in error.errors(include_url=False)]


def path_of(location: tuple[int | str, ...]) -> str:
    """Write a location as a canonical path; "" is the value itself."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


def message_of(fault: dict[str, Any]) -> str:
    """Say one fault in plain English."""
    kind, field = fault["type"], fault["loc"][-1] if fault["loc"] else ""
    if kind in OURS:
        return str(fault["msg"])
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(str(field), "Is not written the way it must be")
    if kind.startswith("datetime"):
        return "Must be a date and time that exists, like 2026-03-12T10:15:00Z"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return "Must be an object with named fields"
    return PLAIN.get(kind, "Cannot be read").format(**fault.get("ctx", {}))
