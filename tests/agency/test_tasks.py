"""Deciding a question, and an item of the workbench."""

import pytest
from django.urls import reverse

from adapters.models import WorkbenchItem
from identity.models import StaffRole, User
from tests.agency.world import Role, dead_delivery, member, question, reads, signed_in, told
from tests.workflows.world import Clock, run_due
from workflows.models import Case, Job, Task


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "refused", "reason": ""}, "reason"),
        ({"outcome": "refused", "reason": "  \n "}, "reason"),
        ({"outcome": "refused", "reason": "x" * 501}, "reason"),
        ({"outcome": "refused", "reason": "a\0b"}, "reason"),
        ({"outcome": "", "reason": "Because."}, "outcome"),
        ({"outcome": "promoted", "reason": "Because."}, "outcome"),
        ({}, "outcome"),
    ],
)
def test_what_is_missing_is_said_at_its_field(given: dict[str, str], field: str, case: Case) -> None:
    task = question(case)
    client = signed_in(member(Role.CASEWORKER, "npr"))
    response = client.post(reverse("agency:task", args=[task.public_id]), given)
    text = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in text
    assert f'href="#id_{field}' in text
    assert f'id="id_{field}_error"' in text or f'id="id_{field}-error"' in text
    task.refresh_from_db()
    assert task.state == Task.State.OPEN


def test_a_reason_may_have_several_lines(case: Case) -> None:
    task = dead_delivery(case, "npr")
    client = signed_in(member(Role.CASEWORKER, "npr"))
    given = {"outcome": "resend", "reason": "The register is back.\r\n\r\nSee section 3."}
    assert client.post(reverse("agency:task", args=[task.public_id]), given).status_code == 302
    task.refresh_from_db()
    assert task.reason == "The register is back.\n\nSee section 3."


def test_decided_meanwhile_shows_who_decided(case: Case) -> None:
    task = dead_delivery(case, "npr")
    first, second = (
        signed_in(member(Role.CASEWORKER, "npr", name="Karin")),
        signed_in(member(Role.CASEWORKER, "npr")),
    )
    address = reverse("agency:task", args=[task.public_id])
    assert first.post(address, {"outcome": "resend", "reason": "The register is back."}).status_code == 302
    late = second.post(address, {"outcome": "resend", "reason": "Another reason."})
    text = late.content.decode()
    assert late.status_code == 409
    assert "Decided by Karin" in text
    assert "The register is back." in text
    assert "Another reason." not in text
    assert Job.objects.get(pk=task.value["job"]).state == Job.State.READY


def test_nobody_decides_on_their_own_case(case: Case, maria: User) -> None:
    StaffRole.objects.create(user=maria, role=Role.CASEWORKER, unit="npr")
    StaffRole.objects.create(user=maria, role=Role.INTEGRATOR)
    client = signed_in(maria)
    for task in (question(case), dead_delivery(case, "tax")):
        address = reverse("agency:task", args=[task.public_id])
        shown = client.get(address).content.decode()
        assert "a colleague must decide it" in shown
        assert "<textarea" not in shown
        sent = client.post(address, {"outcome": task.outcomes[0], "reason": "I say so."})
        assert sent.status_code == 403
        task.refresh_from_db()
        assert task.state == Task.State.OPEN


def test_a_question_the_case_no_longer_asks_says_so(case: Case, clock: Clock) -> None:
    run_due(clock)
    task = question(case)  # its token waits nowhere in the case
    client = signed_in(member(Role.CASEWORKER, "npr"))
    given = {"outcome": "refused", "reason": "Because."}
    response = client.post(reverse("agency:task", args=[task.public_id]), given)
    assert response.status_code == 409
    assert "nothing was changed" in response.content.decode()


def test_reading_a_question_is_recorded_once_and_trying_is_not(case: Case) -> None:
    task = question(case)
    client = signed_in(member(Role.CASEWORKER, "npr", name="Karin"))
    address = reverse("agency:task", args=[task.public_id])
    client.get(address)
    client.post(address, {})
    assert reads(case) == [{"what": "task move-unsure", "name": "Karin NPR"}]


def test_an_item_is_read_and_dealt_with_once(case: Case) -> None:
    item = told("vestvik", case.reference)
    freja = member(Role.CASEWORKER, "vestvik", name="Freja")
    client, address = signed_in(freja), reverse("agency:item", args=[item.public_id])
    text = client.get(address).content.decode()
    assert "&lt;b&gt;Maria&lt;/b&gt;" in text
    assert "Mark as dealt with" in text
    assert [read["name"] for read in reads(case)] == ["Freja VESTVIK"]
    assert client.post(address).status_code == 302
    item.refresh_from_db()
    closed = item.closed_at
    assert item.state == WorkbenchItem.State.DONE
    assert item.closed_by == f"staff:{freja.subject}"
    assert signed_in(member(Role.CASEWORKER, "vestvik")).post(address).status_code == 302
    item.refresh_from_db()
    assert (item.closed_at, item.closed_by) == (closed, f"staff:{freja.subject}")
    assert "Dealt with" in client.get(address).content.decode()


LONG = "Boulevard of the Seventeen Provinces and of the Old Merchants of the Harbour"


def stopped(case: Case, error: str = "Refused") -> Task:
    """A delivery whose street is longer than the agency's record holds."""
    task = dead_delivery(case, "sia")
    value = {"address": {"thoroughfare": LONG, "locatorDesignator": "128 B"}, "moveDate": "2027-03-09"}
    payload = {"connection": "sia", "operation": "register_change", "value": value}
    job = Job.objects.get(pk=task.value["job"])
    job.payload = payload
    job.save()
    task.value = {**task.value, "error": error}
    task.question = "sia: address.thoroughfare is longer than 50 characters"
    task.save()
    return task


@pytest.mark.parametrize("error", ["Refused", "Unavailable"])
def test_what_an_agency_cannot_take_is_shown_whole_to_who_settles_it(case: Case, error: str) -> None:
    task = stopped(case, error)
    stina = signed_in(member(Role.CASEWORKER, "sia", "Stina"))
    text = stina.get(reverse("agency:task", args=[task.public_id])).content.decode()
    assert f"{LONG} 128 B" in text
    assert "2027-03-09" in text
    assert ("Sent again, it is refused again" in text) == (error == "Refused")


def test_a102_who_stands_in_for_an_agency_is_not_shown_what_it_was_to_be_told(case: Case) -> None:
    text = (
        signed_in(member(Role.INTEGRATOR))
        .get(reverse("agency:task", args=[stopped(case).public_id]))
        .content.decode()
    )
    assert "longer than 50" in text
    assert LONG not in text
