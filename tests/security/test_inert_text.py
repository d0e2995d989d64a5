"""What somebody typed stays text: markup does not come alive, htmx finds nothing to obey (A128, A129)."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from tests.agency.conftest import case
from tests.agency.world import Role, exchange, member, question, with_reason
from tests.agency.world import signed_in as staff_in
from tests.portal.follow.world import signed_in
from tests.workflows.conftest import agencies, clock, maria
from workflows.models import Case, Draft

__all__ = ["agencies", "case", "clock", "maria"]
pytestmark = pytest.mark.django_db
EVIL = (
    '"><div hx-get="/EVIL" hx-trigger="load" data-hx-post="/EVIL" hx-on:click="EVIL()"></div>'
    "'><img src=x onerror=EVIL()><script>EVIL()</script><svg/onload=EVIL()>"
)
NAKED = '" hx-get="/EVIL" data-hx-trigger="load" onclick="EVIL()" x="'


class Alive(HTMLParser):
    """Collects what a browser would act on and that carries the mark."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            is_verb = name.startswith(("hx-", "data-hx-", "on")) or name in {"src", "href", "action"}
            if "EVIL" in (value or "") and is_verb:
                self.found.append((tag, name))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and "EVIL()" in data and self.cdata_elem == "script":
            self.found.append(("script", ""))
        self.marked |= "EVIL" in data


def alive(response: object) -> Alive:
    parser = Alive()
    parser.feed(response if isinstance(response, str) else response.content.decode())  # type: ignore[attr-defined]
    return parser


def test_the_finder_finds() -> None:
    assert len(alive(EVIL).found) >= 5
    assert alive(f'<input value="{NAKED}">').found


@pytest.mark.parametrize("text", [EVIL, NAKED])
def test_a128_a129_stored_text_is_inert_on_every_page_of_its_person(case: Case, text: str) -> None:
    maria = case.applicant
    for name in ("given_name", "family_name", "birth_name", "place_of_birth", "telephone"):
        setattr(maria, name, text[:40])
    maria.given_name, maria.family_name = text[:200], text[:200]
    maria.save()
    draft = Draft.objects.create(
        applicant=maria,
        service_version=case.service_version,
        expires_at=timezone.now() + timedelta(days=1),
        answers={"hasEmail": text, "hasTelephone": text, "address": {"thoroughfare": text, "postName": text}},
        pages_done=["household", "move-date", "new-address", "tenancy", "contact"],
        prefill={},
    )
    case.answers = {**case.answers, "hasEmail": text, "address": {"thoroughfare": text, "postName": text}}
    case.save()
    client = signed_in(maria)
    pages = ["/", "/my/", "/my/data/", "/my/data/seen", "/my/messages/", f"/my/cases/{case.reference}/"]
    pages += [f"/apply/{draft.public_id}/{page}/" for page in ("contact", "new-address", "check", "tenancy")]
    shown = 0
    for page in pages:
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(page, headers=headers)
            assert response.status_code < 500, page
            found = alive(response)
            assert found.found == [], page
            shown += found.marked
    assert shown, "the text is on one of the pages"


@pytest.mark.parametrize("text", [EVIL, NAKED])
def test_a128_a129_stored_text_is_inert_in_the_rooms_of_staff(case: Case, text: str) -> None:
    asked = question(case)
    asked.value, asked.question = {"person": {"givenName": text}, "note": text}, text
    asked.save()
    row = exchange(
        case.reference, canonical={"a": text}, sent=text.encode(), received=text.encode(), detail=text
    )
    officer = staff_in(member(Role.CASEWORKER, "npr", name=text[:200]))
    found = alive(officer.get(f"/agency/tasks/{asked.public_id}/"))
    assert found.found == []
    assert found.marked
    assert alive(officer.get("/agency/")).found == []
    integrator = staff_in(member(Role.INTEGRATOR))
    assert alive(integrator.get("/agency/exchanges/")).found == []
    found = alive(with_reason(integrator, row, text[:200]))
    assert found.found == []
    assert found.marked


@pytest.mark.parametrize("path", ["/search", "/my/", "/apply/moving-house/"])
def test_a129_what_stands_in_an_address_is_inert(path: str) -> None:
    for text in (EVIL, NAKED):
        assert alive(Client().get(path, {"q": text, "next": text, "seen": text})).found == []
