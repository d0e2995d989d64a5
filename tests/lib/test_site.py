"""The navigation: who sees which link, and which one is marked as the page one is on."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from onestop.lib.site import navigation

SIGNED_IN = SimpleNamespace(is_authenticated=True)


@pytest.fixture(autouse=True)
def links(settings) -> None:
    settings.SITE_NAVIGATION = [
        ("Services", "catalogue:home", "all"),
        ("Agencies", "catalogue:agencies", "citizen"),
        ("Search", "catalogue:search", "staff"),
    ]
    settings.SITE_AUDIENCES = {"staff": "tests.lib.test_site.is_staff"}


def is_staff(user: SimpleNamespace) -> bool:
    return getattr(user, "staff", False)


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        (None, ["Services"]),
        (AnonymousUser(), ["Services"]),
        (SIGNED_IN, ["Services", "Agencies"]),
        (SimpleNamespace(is_authenticated=True, staff=True), ["Services", "Agencies", "Search"]),
    ],
)
def test_everyone_sees_their_links(user: object, seen: list[str]) -> None:
    assert [item["label"] for item in navigation("/", user)] == seen


@pytest.mark.parametrize(
    ("path", "marks"), [("/", ["page", ""]), ("/agencies", ["", "page"]), ("/agencies/npr", ["", "true"])]
)
def test_the_page_one_is_on_is_marked(path: str, marks: list[str]) -> None:
    assert [item["current"] for item in navigation(path, SIGNED_IN)] == marks
