"""The pages of connections: what they show, to whom, and looking now."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adapters import registry
from adapters.models import Connection, ConnectionCheck, Exchange, Gate
from tests.agency.world import Role, dead_delivery, member, signed_in
from workflows.models import Case, Digest

pytestmark = pytest.mark.django_db
NOW = timezone.now()
CHANGE = {"kind": "required-field-added", "operation": "ChangeKeeperAddress", "place": "request"}


def page(client: Client, key: str = "vdr") -> str:
    response = client.get(reverse("agency:connection", args=[key]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def integrator(case: Case) -> Client:
    registry.load_all()
    return signed_in(member(Role.INTEGRATOR))


def drifted() -> None:
    change = {**CHANGE, "field": "clerk", "before": "", "after": "", "breaking": True}
    ConnectionCheck.objects.create(
        connection="vdr",
        state="degraded",
        since=NOW,
        contract="changed",
        changes=[change],
        findings=["the published contract differs: 1 changes break ours"],
        certificate_expires_at=NOW + timedelta(days=9),
    )


def test_the_list_shows_each_connection_at_a_glance(integrator: Client) -> None:
    drifted()
    Gate.objects.create(key="tax", open_since=NOW, open_until=NOW, reason="timed out")
    Exchange.objects.create(connection="npr", operation="x", state="accepted")
    text = integrator.get(reverse("agency:connections")).content.decode()
    assert text.count("<tr") == Connection.objects.count() + 1
    for words in ("Needs attention", "Breaks ours", "Down", "Open", "Closed", "In order", "Not known"):
        assert words in text, words


def test_a_connection_shows_its_drift_and_the_services_it_touches(integrator: Client) -> None:
    drifted()
    text = page(integrator)
    for words in ("Required field added", "clerk", "Services affected:", "Moving house", "Changed"):
        assert words in text, words
    assert "The agency is asked by our reference first." in text


def test_what_stopped_leads_to_its_question(integrator: Client, case: Case) -> None:
    task = dead_delivery(case, "vdr")
    text = page(integrator)
    assert reverse("agency:task", args=[task.public_id]) in text
    assert "0 waiting, 1 stopped" in " ".join(text.split())


def test_digests_are_shown_with_what_became_of_their_mail(integrator: Client) -> None:
    Digest.objects.create(connection="vdr", day=NOW.date(), text="State: <b>Down</b>", problem="refused")
    text = page(integrator)
    assert "State: &lt;b&gt;Down&lt;/b&gt;" in text
    assert "not sent" in text


def test_an_open_circuit_says_why_and_when_it_tries(integrator: Client) -> None:
    Gate.objects.create(key="vdr", open_since=NOW, open_until=NOW, reason="no connection: refused")
    text = page(integrator)
    assert "no connection: refused" in text
    assert "Next try" in text


def test_looking_now_makes_a_row(integrator: Client) -> None:
    address = reverse("agency:connection", args=["crt"])
    assert integrator.post(address).status_code == 302
    row = ConnectionCheck.objects.get()
    assert (row.connection, row.state) == ("crt", "ok")
    assert "In order" in page(integrator, "crt")


def test_caseworkers_see_their_own_and_do_not_look(integrator: Client) -> None:
    clerk = signed_in(member(Role.CASEWORKER, "vdr"))
    assert page(clerk)
    assert "Look at it now" not in page(clerk)
    assert clerk.post(reverse("agency:connection", args=["vdr"])).status_code == 403
    assert clerk.get(reverse("agency:connection", args=["npr"])).status_code == 404
    assert not ConnectionCheck.objects.exists()


def test_the_list_asks_the_same_of_the_database_however_long_it_is(
    integrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        Connection.objects.create(key=f"more-{number}", name="More", kind="soap")
    with django_assert_max_num_queries(14):
        integrator.get(reverse("agency:connections"))


def test_an_exchange_that_may_have_arrived_says_so(integrator: Client) -> None:
    row = Exchange.objects.create(connection="vdr", operation="x", state="unknown", is_uncertain=True)
    address = reverse("agency:exchange", args=[row.public_id])
    assert "It may have arrived" in integrator.get(address).content.decode()
    Exchange.objects.update(is_uncertain=False)
    assert "It may have arrived" not in integrator.get(address).content.decode()
