"""Languages: the switch keeps the page and leads nowhere else; no text is untranslated."""

import re

import pytest
from django.conf import settings
from django.test import Client

from onestop.lib import messages


def switch(client: Client, language: str, target: str):
    return client.post("/language", {"language": language, "next": target})


@pytest.mark.django_db
def test_the_switch_keeps_the_page_and_turns_its_direction(client: Client) -> None:
    page = client.get("/search?q=rent")
    html = page.content.decode()
    assert '<html lang="en" dir="ltr"' in html
    [target] = re.findall(r'name="next" value="([^"]+)"', html)
    response = switch(client, "ar", target)
    assert (response.status_code, response.headers["Location"]) == (302, "/search?q=rent")
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ar"
    html = client.get("/search?q=rent").content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert 'lang="en">English</button>' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "http:///evil.test"],
)
def test_the_switch_leads_to_no_other_site(client: Client, target: str) -> None:
    assert switch(client, "ar", target).headers["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_language_changes_nothing(client: Client) -> None:
    assert settings.LANGUAGE_COOKIE_NAME not in switch(client, "xx", "/").cookies


@pytest.mark.django_db
def test_a_page_sent_by_form_comes_back_by_its_address(client: Client) -> None:
    assert 'name="next" value="/nothing"' in client.post("/nothing?a=1").content.decode()


def test_every_text_is_translated() -> None:
    assert messages.missing() == []


def test_texts_come_from_code_templates_and_data() -> None:
    found = {path for message in messages.collect() for path, _ in message.locations}
    assert {"onestop/lib/fields.py", "templates/base/404.html", "onestop/catalogue/aurelia.json"} <= found


def test_a_new_text_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_from_data", lambda: iter([("x.json", "A text nobody translated")]))
    assert messages.missing() == [("ar", "A text nobody translated")]
