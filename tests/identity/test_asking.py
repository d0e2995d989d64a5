"""How the portal asks an e-ID: pushed from server to server where it may be, never open where it must be."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from identity.models import FederatedIdentity, IdentityProvider
from identity.signin import discovery
from tests.identity import national as simulator
from tests.identity.any_e_id import enter, sign_in
from tests.identity.national import National

pytestmark = pytest.mark.django_db
Pushing = IdentityProvider.Pushing


@pytest.fixture
def national(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[National]:
    """A foreign e-ID; nothing is remembered of it."""
    settings.PORTAL_URL = "http://testserver"
    monkeypatch.setattr(discovery, "_known", {})
    with simulator.running() as one:
        yield one


def carried(client: Client) -> set[str]:
    """Begin a sign-in; return what the browser carries to the e-ID."""
    begun = client.get("/sign-in?with=national")
    assert begun.status_code == 302, begun.content[:300]
    return set(parse_qs(urlsplit(begun["Location"]).query))


@pytest.mark.parametrize(
    ("offers", "row", "is_pushed"),
    [
        ("offered", Pushing.OFFERED, True),
        ("required", Pushing.OFFERED, True),
        ("offered", Pushing.ALWAYS, True),
        ("required", Pushing.REQUIRED, True),
        ("offered", Pushing.REQUIRED, False),
        ("", Pushing.OFFERED, False),
    ],
)
def test_a_request_is_pushed_by_row_and_discovery(
    client: Client, national: National, offers: str, row: str, is_pushed: bool
) -> None:
    national.pushing = offers
    enter(national, pushing=row)
    names = carried(client)
    assert (names == {"client_id", "request_uri"}) is is_pushed
    assert sign_in(client).status_code == 302
    assert FederatedIdentity.objects.get().subject == simulator.SUBJECT


def test_what_must_be_pushed_is_never_carried(client: Client, national: National) -> None:
    enter(national, pushing=Pushing.ALWAYS)
    refused = client.get("/sign-in?with=national")
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")


@pytest.mark.parametrize(("fault", "status"), [("PUSH_REFUSED", 403), ("PUSH_EMPTY", 503)])
def test_a_refused_push_falls_back_to_nothing(
    client: Client, national: National, fault: str, status: int
) -> None:
    national.pushing, national.faults = "offered", {fault}
    enter(national)
    refused = client.get("/sign-in?with=national&next=/my/")
    assert refused.status_code == status
    assert "/sign-in?next=%2Fmy%2F" in refused.content.decode()


def test_a_page_that_stays_open_pushes_when_it_is_left(client: Client, national: National) -> None:
    """A reference lasts for seconds: nothing is pushed before the link on the page is followed."""
    from tests.identity.test_any_e_id import leaving, levels, link, person_with

    national.pushing = "required"
    enter(national)
    user = person_with(client, levels.SUBSTANTIAL)
    begun = client.post("/my/e-ids/", {"add": "national"})
    assert national.pushed == {}
    assert "request_uri=" in leaving(client, begun)
    assert link(client).status_code == 302
    assert user.federated_identities.filter(issuer=national.base).exists()


def test_a_link_of_another_browser_leads_nowhere(client: Client, national: National) -> None:
    from tests.identity.test_any_e_id import levels, person_with

    enter(national)
    person_with(client, levels.SUBSTANTIAL)
    begun = client.post("/my/e-ids/", {"add": "national"}).content.decode()
    state = begun.split("/sign-in/leave/")[1].split('"')[0]
    assert Client().get(f"/sign-in/leave/{state}").status_code == 400
