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
    ("street", r"street|thoroughfare|^road$|straat|address_?line|street_?line|full_?address"),
    ("house", r"house_?(number|no|name)|locator|street_?no|huisnummer|^number$|^flat$|^apartment$"),
    ("postcode", r"post_?(al)?_?code|postal_?number|^zip|zip_?code|postcd"),
    ("town", r"post_?(al)?_?(name|town)|^town$|^city$|place_?of_?birth|birth_?place|woonplaats|^place$"),
    ("key", r"address_?id|dwelling_?(number|key)|household_?(number|id)|plate|registration_?number|licence"),
    ("key", r"iban|account_?(number|no)|passport|document_?(number|no)|policy_?(number|no)"),
)
_BY_NAME = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _NAMES]
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_DATE = re.compile(r"(?:18|19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T.*|Z|[+-]\d\d:\d\d)?\Z")
_COMPACT = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
_PHONE = re.compile(r"\+[0-9][0-9 ()-]{6,}\Z")


def kind_of(name: str, value: str) -> str:
    """number, given, family, full, street, house, postcode, town, key, email, phone, date, or ""."""
    if personal_number.is_valid(value):
        return "number"
    if _EMAIL.fullmatch(value):
        return "email"
    if _PHONE.match(value):
        return "phone"
    if _DATE.match(value) or (_COMPACT.match(value) and re.search("dat|from|until|day|since", name, re.I)):
        return "date"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return next((kind for kind, pattern in _BY_NAME if pattern.search(words)), "")
