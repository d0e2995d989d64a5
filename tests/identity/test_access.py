"""Who may open a page: levels, step-up, htmx, roles, and where one is sent back to."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from identity import levels, policies
from identity.access import citizen_required
from identity.browser_sessions import SessionStore
from identity.models import StaffRole, User
from identity.signin import targets

SECRET = b"the page of one person"


@citizen_required(levels.SUBSTANTIAL)
def page(request: HttpRequest) -> HttpResponse:
    """A page that needs the level substantial."""
    return HttpResponse(SECRET)


def ask(user: Any, acr: str | None, **headers: str) -> HttpResponse:
    """Open the page as ``user`` with a session of level ``acr``."""
    request = RequestFactory().get("/cases/7?tab=letters", headers=headers)
    request.user = user
    request.session = SessionStore()
    if acr is not None:
        request.session["acr"] = acr
    return page(request)  # type: ignore[return-value]


def next_of(address: str) -> dict[str, list[str]]:
    parts = urlsplit(address)
    assert parts.path == "/sign-in"
    return parse_qs(parts.query)


@pytest.mark.parametrize(
    ("have", "need", "reached"),
    [
        (levels.LOW, levels.LOW, True),
        (levels.LOW, levels.SUBSTANTIAL, False),
        (levels.HIGH, levels.SUBSTANTIAL, True),
        ("", levels.LOW, False),
        ("urn:very:high", levels.LOW, False),
        (levels.HIGH, "urn:unknown", False),
    ],
)
def test_levels_are_ordered_and_unknown_ones_reach_nothing(have: str, need: str, reached: bool) -> None:
    assert levels.reaches(have, need) is reached


def test_strangers_are_sent_to_sign_in_and_back() -> None:
    response = ask(AnonymousUser(), None)
    assert response.status_code == 302
    asked = next_of(response["Location"])
    assert asked == {"next": ["/cases/7?tab=letters"], "level": ["substantial"]}


def test_acr_without_a_person_opens_nothing() -> None:
    assert ask(AnonymousUser(), levels.HIGH).status_code == 302


@pytest.mark.parametrize("acr", [None, "", levels.LOW, "urn:very:high"])
def test_a101_low_session_steps_up(acr: str | None) -> None:
    response = ask(User(), acr)
    assert response.status_code == 302
    assert SECRET not in response.content


@pytest.mark.parametrize("acr", [levels.SUBSTANTIAL, levels.HIGH])
def test_sure_enough_session_sees_the_page(acr: str) -> None:
    assert ask(User(), acr).content == SECRET


def test_a101_fragment_leaves_the_whole_page() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/7?tab=timeline"}
    response = ask(User(), levels.LOW, **headers)
    assert SECRET not in response.content
    assert next_of(response["HX-Redirect"])["next"] == ["/cases/7?tab=timeline"]


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)"),
        *("https://evil.example/", "http:evil.example", "/\t/evil.example", "evil", "", None),
        *("/%0d%0aX: y\r\n", "/sign-in?next=/sign-in", "/sign-out", "///evil.example", "/x" * 2000),
    ],
)
def test_a77_only_paths_of_this_origin_are_followed(target: str | None) -> None:
    assert targets.safe(target) == "/"


@pytest.mark.parametrize("target", ["/", "/cases/7?tab=letters", "/ar/services#start", "/search?q=//x"])
def test_own_paths_are_followed(target: str) -> None:
    assert targets.safe(target) == target


@pytest.mark.django_db
def test_roles_are_of_a_unit_and_of_active_people() -> None:
    clerk = User.objects.create_user()
    StaffRole.objects.create(user=clerk, role=StaffRole.Role.CASEWORKER, unit="npr")
    assert policies.roles(clerk) == {("caseworker", "npr")}
    assert policies.is_caseworker(clerk, "npr")
    assert policies.is_caseworker(clerk)
    assert not policies.is_caseworker(clerk, "eastholm")
    assert not policies.is_integrator(clerk)
    assert not policies.is_administrator(clerk)
    assert not policies.is_staff(AnonymousUser())
    closed = User.objects.get(pk=clerk.pk)
    closed.is_active = False
    assert not policies.is_staff(closed)


@pytest.mark.django_db
def test_personal_number_is_found_but_not_readable_in_the_database() -> None:
    user = User.objects.create_user(identifier="19850312T4173", given_name="Maria")
    assert User.objects.by_identifier("19850312T4173") == user
    assert User.objects.by_identifier("19850312T4174") is None
    assert User.objects.by_identifier("") is None
    assert User.objects.get().identifier == "19850312T4173"
    assert "19850312" not in str(list(User.objects.values_list()))
    assert b"19850312" not in bytes(User.objects.values_list("identifier_sealed", flat=True)[0])
