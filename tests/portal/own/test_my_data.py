"""My data: who has seen it, a copy of it, and its erasure, as their person meets them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adapters.models import Connection
from identity.models import User
from identity.record import entries
from identity.record.entries import Deed, Kind
from tests.portal.follow.world import signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.world import MARIA, OLE, Agencies, Clock, citizen, officer, pass_time, submitted
from workflows.models import Case
from workflows.services.reading import record_read

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
SEEN, DATA, COPY, ERASE = "/my/data/seen", "/my/data/", "/my/data/copy", "/my/data/erase"


@pytest.fixture
def case(maria: User, clock: Clock, agencies: Agencies) -> Case:
    Connection.objects.create(
        key="npr", name="National Population Register", kind="soap", base_url="http://a"
    )
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    return case


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store" or "no-store" in response.headers["Cache-Control"]
    return " ".join(response.content.decode().split())


def test_a141_the_citizen_sees_who_read_why_and_under_which_law(case: Case, maria: User) -> None:
    record_read(case=case, actor=officer("npr"), what="task", now=timezone.now(), unit="npr")
    shown = page(signed_in(maria), SEEN)
    assert "A caseworker of National Population Register read your case" in shown
    assert "National Population Register was asked about you" in shown
    assert "National Population Register was told" in shown
    assert "Why: Moving house" in shown
    assert "Why: To fill in your application: Moving house" in shown
    assert "Permitted by: Population Registration Act 2019, section 12" in shown
    assert f"/my/cases/{case.reference}/" in shown


def test_a150_a_relative_sees_the_question_but_not_the_case(case: Case) -> None:
    shown = page(signed_in(citizen(OLE, "Ole")), SEEN)
    assert "National Population Register was asked about you" in shown
    assert case.reference not in shown
    assert "Maria" not in shown


def test_a_stranger_sees_nothing(case: Case) -> None:
    stranger = User.objects.create_user(given_name="Nobody")
    assert "Nobody has looked" in page(signed_in(stranger), SEEN)
    assert Client().get(SEEN).status_code == 302


def test_one_kind_alone_and_a_filter_that_somebody_made_up(case: Case, maria: User) -> None:
    client = signed_in(maria)
    assert "was asked about you" not in page(client, f"{SEEN}?what=told")
    assert "Nothing of this kind" in page(client, f"{SEEN}?what=read")
    assert "was asked about you" in page(client, f"{SEEN}?what=%00x")


def test_pages_of_the_record_cost_the_same(
    maria: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for number in range(45):
        at = now + timedelta(seconds=number)
        entries.add(Kind.TOLD, [maria.identifier_index], Deed("worker", "", "npr"), at)
    client = signed_in(maria)
    with django_assert_max_num_queries(9):
        first = client.get(SEEN).content.decode()
    assert first.count("os-timeline__title") == 20
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(SEEN + older).content.decode()
    assert second.count("os-timeline__title") == 20


def test_my_data_says_what_is_held(case: Case, maria: User) -> None:
    shown = page(signed_in(maria), DATA)
    for text in ("Maria Lind", MARIA, "maria@example.org", "1 case", "Download my data"):
        assert text in shown


def test_a148_the_copy_is_a_file_and_is_recorded(case: Case, maria: User) -> None:
    client = signed_in(maria)
    response = client.post(COPY)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    told = json.loads(response.content)
    assert [one["reference"] for one in told["cases"]] == [case.reference]
    assert "You took a copy of your data" in page(client, SEEN)
    assert client.get(COPY).status_code == 405


def test_erasure_names_what_stops_it(case: Case, maria: User) -> None:
    client = signed_in(maria)
    assert "Not yet: these cases are under way" in page(client, ERASE)
    assert client.post(ERASE, {"sure": "yes"}).status_code == 422
    maria.refresh_from_db()
    assert maria.is_active


@pytest.mark.parametrize(("sure", "status"), [("", 422), ("maybe", 422), ("no", 302)])
def test_erasure_wants_to_be_sure(maria: User, sure: str, status: int) -> None:
    client = signed_in(maria)
    assert client.post(ERASE, {"sure": sure}).status_code == status
    maria.refresh_from_db()
    assert maria.is_active


def test_a143_erased_and_signed_out(case: Case, maria: User, clock: Clock) -> None:
    Case.objects.filter(pk=case.pk).update(status=Case.Status.COMPLETED, completed_at=clock())
    client = signed_in(maria)
    done: Any = client.post(ERASE, {"sure": "yes"}, follow=True)
    assert "Your data was erased" in done.content.decode()
    assert client.get("/my/").status_code == 302
    maria.refresh_from_db()
    assert (maria.get_full_name(), maria.identifier) == ("", "")
    assert not Case.objects.exists()
