"""What does not fit is said at its field, what was typed is still there, and nothing breaks or is kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.portal.apply.test_flow import FOUND, day, page
from workflows.models import Draft

pytestmark = pytest.mark.django_db
LONG = "x" * 10_000
SCRIPT = "<script>alert(1)</script>"
WRITTEN = {
    **{"write": "1", "thoroughfare": "Orchard Road", "locatorDesignator": "8", "locatorName": ""},
    **{"postCode": "52314", "postName": "Vestvik", "adminUnitL2": "Vestvik"},
}


def when(day_: str, month: str, year: str) -> dict[str, str]:
    return {"moveDate-day": day_, "moveDate-month": month, "moveDate-year": year}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("household", {}, "Choose at least one person"),
    ("household", {"movers": ["19990228T5437"]}, "Choose among the people shown"),
    ("household", {"movers": ["\x00"]}, "Choose among the people shown"),
    ("move-date", {}, "Enter a date"),
    ("move-date", when("30", "2", str(date.today().year)), "Enter a real date"),
    ("move-date", when("1", "13", "2026"), "Enter a real date"),
    ("move-date", when("x", "\x00", LONG), "Enter a real date"),
    ("move-date", when("5", "", "2027"), "must include a month"),
    ("move-date", day(-500), "must be"),
    ("move-date", day(500), "must be"),
    ("new-address", {"postCode": "4125", "choice": "AU-20020001"}, "5 digits"),
    ("new-address", {"postCode": "\x00", "choice": "AU-20020001"}, "postcode"),
    ("new-address", {**FOUND, "choice": "AU-10010001"}, "Select a valid choice"),
    ("new-address", {**FOUND, "choice": SCRIPT}, "Select a valid choice"),
    ("new-address", FOUND, "Choose"),
    ("new-address", {**WRITTEN, "postCode": "abcde"}, "5 digits"),
    ("new-address", {**WRITTEN, "thoroughfare": LONG}, "Use at most 80 characters"),
    ("new-address", {**WRITTEN, "thoroughfare": "a\x07b"}, "cannot be used"),
    ("new-address", {**WRITTEN, "postName": "a\x00b"}, "cannot be used"),
    ("new-address", {**WRITTEN, "thoroughfare": SCRIPT}, "which no name has"),
    ("new-address", {**WRITTEN, "locatorName": '"><img src=x onerror=alert(1)>'}, "which no name has"),
    ("new-address", {**WRITTEN, "thoroughfare": "Orchard 😀 Road"}, "which no name has"),
    ("new-address", {**WRITTEN, "thoroughfare": "\u202edaoR"}, "cannot be used"),
    ("new-address", {**FOUND, "locatorDesignator": SCRIPT}, "which no name has"),
    ("new-address", {**WRITTEN, "adminUnitL2": "Atlantis"}, "Select a valid choice"),
    ("tenancy", {}, "Do you rent"),
    ("tenancy", {"tenancy": SCRIPT}, "Select a valid choice"),
    ("contact", {"hasEmail": "not an address"}, "email address"),
    ("contact", {"hasEmail": LONG + "@example.org"}, "254"),
    ("contact", {"hasEmail": "a@example.org", "hasTelephone": "call me"}, "telephone number"),
    ("contact", {"hasEmail": "a@example.org", "hasTelephone": "07\x0001"}, "cannot be used"),
    ("contact", {"hasEmail": ""}, "Email address"),
]


@pytest.mark.parametrize(("name", "given", "words"), BAD)
def test_it_is_said_at_the_field(
    browser: Client, draft: Draft, name: str, given: dict[str, Any], words: str
) -> None:
    response = browser.post(page(draft, name), given)
    text = response.content.decode()
    assert response.status_code == 422, text[-2000:]
    assert "There is a problem" in text
    assert words in text
    draft.refresh_from_db()
    assert name not in draft.pages_done, "nothing that does not fit is kept"


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("move-date", when("31", "2", "2027"), ['value="31"', 'value="2027"']),
        ("contact", {"hasEmail": "maria at example", "hasTelephone": "070 1"}, ["maria at example", "070 1"]),
        ("new-address", {**WRITTEN, "postCode": "1", "thoroughfare": "Orchard Road"}, ["Orchard Road"]),
    ],
)
def test_what_was_typed_is_still_there(
    browser: Client, draft: Draft, name: str, given: dict[str, Any], kept: list[str]
) -> None:
    text = browser.post(page(draft, name), given).content.decode()
    for one in kept:
        assert one in text


def test_digits_of_another_script_are_digits(browser: Client, draft: Draft) -> None:
    soon = date.today() + timedelta(days=9)
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    typed = [str(part).translate(arabic) for part in (soon.day, soon.month, soon.year)]
    assert browser.post(page(draft, "move-date"), when(*typed)).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["moveDate"] == soon.isoformat()


def test_a128_script_text_is_shown_as_it_was_typed(browser: Client, draft: Draft) -> None:
    written = {**WRITTEN, "thoroughfare": SCRIPT, "locatorName": '"><img src=x onerror=alert(1)>'}
    text = browser.post(page(draft, "new-address"), written).content.decode()
    assert SCRIPT not in text
    assert "&lt;script&gt;" in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(
    "street", ["شارع الملك فيصل", "Λεωφ. Κηφισίας", "Rue de l'Église (n° 4)", "Đường 3/2"]
)
def test_streets_of_every_script_are_streets(browser: Client, draft: Draft, street: str) -> None:
    assert browser.post(page(draft, "new-address"), {**WRITTEN, "thoroughfare": street}).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["address"]["thoroughfare"] == street


@pytest.mark.parametrize(
    "query", ["postCode=%00", "postCode=" + "9" * 5000, "postCode=41255&locatorDesignator=%00"]
)
def test_a_search_that_cannot_be_is_said(browser: Client, draft: Draft, query: str) -> None:
    response = browser.get(f"{page(draft, 'new-address')}?{query}")
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_a130_without_the_token_nothing_is_taken(draft: Draft) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(draft.applicant)
    session = strict.session
    session["acr"] = "http://eidas.europa.eu/LoA/substantial"
    session.save()
    assert strict.post(page(draft, "tenancy"), {"tenancy": "yes"}).status_code == 403
    draft.refresh_from_db()
    assert draft.pages_done == []
