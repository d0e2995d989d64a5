"""What a field holds, by its name and its value: which personal data, "" for none that we know."""

import re

from onestop.lib import personal_number

_NAMES = (
    ("email", r"e-?mail|mailadres"),
    ("phone", r"phone|telephone|telefoon|mobile|fax|\btel\b"),
    (
        "number",
        r"person(al)?_?(number|no|nr|id)|burgerservice|\bbsn\b|insured_?no|keeper_?no|taxpayer_?(id|no)",
    ),
    ("number", r"notation|ssn|national_?id|social_?security|citizen_?(id|no)|anummer|a_?nr\b"),
    ("given", r"given_?name|fore_?names?|first_?names?|voornaam|voornamen|initials|voorletters"),
    ("family", r"family_?name|sur_?name|last_?name|birth_?name|geslachtsnaam|achternaam|maiden"),
    ("full", r"full_?name|person_?name|legal_?name|patronymic|alternative_?name|account_?holder"),
    ("full", r"^(keeper|owner|holder|employer|spouse|partner|child|resident|applicant)?_?name$"),
    ("address", r"full_?address"),
    ("street", r"street|thoroughfare|^road$|straat|address_?line|street_?line"),
    ("house", r"house_?(number|no|name)|locator|street_?no|huisnummer|^number$|^flat$|^apartment$"),
    ("postcode", r"post_?(al)?_?code|postal_?number|^zip|zip_?code|postcd"),
    ("town", r"post_?(al)?_?(name|town)|^town$|^city$|place_?of_?birth|birth_?place|woonplaats|^place$"),
    ("key", r"address_?id|dwelling_?(number|key)|household_?(number|id)|plate|registration_?number|licence"),
    ("key", r"iban|account_?(number|no)|passport|document_?(number|no)|policy_?(number|no)"),
)
_BY_NAME = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _NAMES]
EMAIL = r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:]+"
UUID = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
LONG_ID = r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{32}(?![0-9a-z])"
NUMBER = r"\b\d{8}[ -]?T[ -]?\d{4}\b"
COMPACT_NUMBER = r"\b(?:18|19|20)\d{10}\b"
DATE = r"\b(?:18|19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_EMAIL, _UUID = re.compile(EMAIL), re.compile(rf"{UUID}|{LONG_ID}", re.IGNORECASE)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}\s*)+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_DATE = re.compile(DATE + r"(?:T.*|Z|[+-]\d\d:\d\d)?\Z")
_COMPACT = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
_PARTIAL = re.compile(r"(?:18|19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?\Z")
_OF_TIME = re.compile("date|datum|birth|born|from|until|day|since", re.IGNORECASE)
SHORTEST_DOCUMENT = 64  # characters of base64
_PHONE = re.compile(r"\+[0-9][0-9 ()-]{6,}\Z")


def kind_of(name: str, value: str) -> str:
    """number, given, family, full, street, house, postcode, town, address, key, email, phone, date, uuid,
    document, or "".
    """
    if _is_number(value):
        return "number"
    if _EMAIL.fullmatch(value):
        return "email"
    if _UUID.fullmatch(value):
        return "uuid"
    if _PHONE.match(value):
        return "phone"
    if _DATE.match(value) or ((_COMPACT.match(value) or _PARTIAL.match(value)) and _OF_TIME.search(name)):
        return "date"
    if _is_document(value):
        return "document"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return next((kind for kind, pattern in _BY_NAME if pattern.search(words)), "")


def _is_number(value: str) -> bool:
    """A personal number, also one written without its marker."""
    if personal_number.is_valid(value):
        return True
    return len(value) == 12 and value.isdigit() and personal_number.is_valid(f"{value[:8]}T{value[8:]}")


def _is_document(value: str) -> bool:
    is_long = len(value) >= SHORTEST_DOCUMENT and (not value.isalnum() or len(value) >= SHORTEST_DOCUMENT * 3)
    return is_long and _BASE64.fullmatch(value) is not None
