"""The page of a case: its lines, its timeline, the part that htmx replaces, and taking it back."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from adapters.errors import Unavailable
from adapters.models import Connection
from adapters.ports import Context, Result
from identity.models import User
from tests.portal.follow.world import signed_in, tell
from tests.workflows.world import (
    MARIA,
    OLE,
    Agencies,
    Clock,
    citizen,
    filled_draft,
    officer,
    pass_time,
    submitted,
)
from workflows.models import Case, Task
from workflows.services.submission import submit_case
from workflows.services.tasks import decide

pytestmark = pytest.mark.django_db


def text_of(html: bytes) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode()))


def test_what_waits_is_shown_with_the_numbers_of_agencies(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    Connection.objects.create(
        key="npr", name="National Population Register", kind="soap", base_url="http://a"
    )
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    text = text_of(signed_in(maria).get(f"/my/cases/{case.reference}/").content)
    assert "0 of 6 done" in text
    assert "They have received it and are working on it. Their reference: NPR-1" in text
    assert "National Population Register has received it" in text
    assert "You sent the application" in text
    assert "Withdraw this application" not in text, "the register has been told"


def test_a_silent_agency_is_named_with_the_time(agencies: Agencies, clock: Clock, maria: User) -> None:
    def silent(_value: object, _context: Context) -> Result:
        raise Unavailable("vdr", "connection refused")

    agencies.answers["vdr.find_vehicles"] = silent
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock)
    text = text_of(signed_in(maria).get(f"/my/cases/{case.reference}/").content)
    assert "5 of 6 done" in text
    assert re.search(r"Has not answered since \d\d:\d\d . We keep trying; you need do nothing\.", text), text


@pytest.mark.parametrize(
    ("connection", "operation", "asked_first"),
    [("npr", "get_household", False), ("laa", "get_address", True)],
)
def test_a_register_that_is_only_asked_is_named_too(
    agencies: Agencies, clock: Clock, maria: User, connection: str, operation: str, asked_first: bool
) -> None:
    def silent(_value: object, _context: Context) -> Result:
        raise Unavailable(connection, "connection refused")

    draft = filled_draft(maria, clock)
    agencies.answers[f"{connection}.{operation}"] = silent
    case = submit_case(draft=draft, actor=maria, now=clock())
    pass_time(clock, seconds=1)
    client, address = signed_in(maria), f"/my/cases/{case.reference}/"
    text = text_of(client.get(address).content)
    assert len(re.findall(r"Has not answered since \d\d:\d\d", text)) == 1, text
    assert ("Asked first" in text) is asked_first
    assert re.search("0 of [56] done", text), "who is only asked is not counted among those told"
    agencies.answers[f"{connection}.{operation}"] = Agencies().answers[f"{connection}.{operation}"]
    pass_time(clock, minutes=10)
    assert "Asked first" not in text_of(client.get(address).content)


def test_the_fragment_stops_asking_when_the_case_has_ended(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    client, address = signed_in(maria), f"/my/cases/{case.reference}/"
    page = client.get(address).content.decode()
    assert "<html" in page
    assert page.count('data-hx-trigger="every 2s"') == 1
    again = re.search(r'data-hx-get="([^"]+)"', page)
    assert again is not None
    assert client.get(again[1], headers={"HX-Request": "true"}).status_code == 204, "nothing is new"
    tell(clock)
    fragment = client.get(again[1], headers={"HX-Request": "true"})
    html = fragment.content.decode()
    assert fragment.status_code == 200
    assert "<html" not in html
    assert "data-hx-trigger" not in html
    assert 'data-hx-swap-oob="innerHTML:#case-status">Completed, 6 of 6 done<' in html
    assert "Everything is done" in html


def test_a_refusal_is_told_with_its_reason(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock, "refused", "The dwelling is <closed>")
    page = signed_in(maria).get(f"/my/cases/{case.reference}/").content.decode()
    assert "The dwelling is &lt;closed&gt;" in page
    assert "<closed>" not in page
    assert "Refused" in page


def test_an_officer_at_work_is_told(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock, "unsure", "Over-registered")
    client, address = signed_in(maria), f"/my/cases/{case.reference}/"
    assert "An officer is looking at your case" in client.get(address).content.decode()
    actor = officer("npr")
    decide(task=Task.objects.get(), actor=actor, outcome="registered", reason="Checked", now=clock())
    pass_time(clock, hours=1)
    page = client.get(address).content.decode()
    assert "An officer has decided" in page
    assert "Completed" in page
    assert str(actor.subject) not in page


def test_withdrawing_asks_first_and_tells_when_it_is_too_late(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    case = submitted(maria, clock, (MARIA, OLE))
    pass_time(clock, seconds=1)
    client, address = signed_in(maria), f"/my/cases/{case.reference}/"
    page = client.get(address).content.decode()
    assert "We wait for 1 adult to agree" in page
    assert f'href="{address}withdraw/"' in page
    assert "Do you want to withdraw" in client.get(f"{address}withdraw/").content.decode()
    case.refresh_from_db()
    assert case.status == Case.Status.OPEN, "asking changes nothing"
    assert client.post(f"{address}withdraw/")["Location"] == address
    case.refresh_from_db()
    assert case.status == Case.Status.CANCELLED
    assert "You withdrew the application" in client.get(address).content.decode()
    late = client.post(f"{address}withdraw/")
    assert late.status_code == 409
    assert "can no longer be withdrawn" in late.content.decode()


def test_questions_do_not_grow_with_what_happened(
    agencies: Agencies, clock: Clock, maria: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    citizen(OLE, "Ole")
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    client, address = signed_in(maria), f"/my/cases/{case.reference}/"
    with django_assert_max_num_queries(50) as early:
        client.get(address)
    tell(clock)
    with django_assert_max_num_queries(len(early)):
        client.get(address)


def test_the_page_is_read_from_right_to_left_in_arabic(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submitted(maria, clock)
    page = signed_in(maria).get(f"/my/cases/{case.reference}/", headers={"Accept-Language": "ar"})
    html = page.content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert f'<bdi class="os-mono">{case.reference}</bdi>' in html
    assert "What has happened" not in html
