"""My cases, messages and the request to agree; and who may open any of it."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from identity.models import User
from onestop.portal.follow.urls import urlpatterns
from tests.portal.follow.world import signed_in, tell
from tests.workflows.world import MARIA, OLE, Agencies, Clock, citizen, pass_time, submitted
from workflows.models import Case, CoSignRequest, Notification, Upload, UploadContent
from workflows.services.drafts import start_draft

pytestmark = pytest.mark.django_db
OWN = {"my", "messages"}  # what is in them depends on who looks; everything else belongs to somebody

APPLICANTS = {"withdraw", "appeal", "file"}  # a co-signer has no part in these
NOT_YET = {"decision", "court-answer"}  # no court has to do with this case: see test_court


def address(name: str, case: Case) -> str:
    """The address of a page about a case, whatever it is known by."""
    asked = case.cosign_requests.get()
    known = _file_of(case).public_id if name == "file" else asked.public_id
    arguments = {"reference": case.reference, "public_id": known}
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    wanted = {key: arguments[key] for key in pattern.pattern.converters}
    return reverse(f"portal:{name}", kwargs=wanted)


def _file_of(case: Case) -> Upload:
    """A file that the applicant sent along."""
    upload = Upload(
        owner=case.applicant, draft_id=case.draft_id, case=case, media_type="image/png", size=1, state="clean"
    )
    upload.name = "lease.png"
    upload.save()
    UploadContent.of(upload, b"x").save()
    return upload


@pytest.fixture
def shared(agencies: Agencies, clock: Clock, maria: User) -> Case:
    """A case that waits for Ole to agree."""
    case = submitted(maria, clock, (MARIA, OLE))
    pass_time(clock, seconds=1)
    return case


@pytest.mark.parametrize("name", [pattern.name for pattern in urlpatterns])
def test_a94_nobody_sees_more_than_their_own(name: str, shared: Case) -> None:
    path = address(name, shared)
    anonymous = Client().get(path)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/sign-in?")
    stranger = signed_in(citizen("19900101T0007", "Eve"))
    for response in (stranger.get(path), stranger.post(path, {"answer": "agree"})):
        assert response.status_code in ({200, 405} if name in OWN else {404, 405})
        assert "Maria" not in response.content.decode()
    assert stranger.get(path).status_code == (200 if name in OWN else 404)
    seen = {"applicant": name not in NOT_YET | {"cosign"}, "co-signer": name not in NOT_YET | APPLICANTS}
    people = {"applicant": shared.applicant, "co-signer": citizen(OLE, "Ole")}
    for role, user in people.items():
        assert (signed_in(user).get(path).status_code == 200) is seen[role], role


def test_a101_a_low_level_of_assurance_is_not_enough(shared: Case) -> None:
    client = Client()
    client.force_login(shared.applicant)
    assert client.get(f"/my/cases/{shared.reference}/").status_code == 302


def test_an_empty_list_leads_on(maria: User) -> None:
    page = signed_in(maria).get("/my/").content.decode()
    assert "You have no cases yet" in page
    assert 'href="/"' in page


def test_ones_turn_comes_first(shared: Case, clock: Clock) -> None:
    ole = citizen(OLE, "Ole")
    start_draft(service="moving-house", actor=ole, now=clock())
    page = signed_in(ole).get("/my/").content.decode()
    places = [
        page.index(text)
        for text in ("Maria Lind asks you to agree: Moving house", "Finish your application", "In progress")
    ]
    assert places == sorted(places)
    assert "Submitted by Maria Lind" in page


@pytest.mark.parametrize(("choice", "told"), [("agree", "You have agreed"), ("decline", "You have declined")])
def test_an_answer_is_taken_once(choice: str, told: str, shared: Case) -> None:
    client, path = signed_in(citizen(OLE, "Ole")), address("cosign", shared)
    page = client.get(path).content.decode()
    for text in ("Maria Lind", "Ole Lind", "Harbour Street 7", "41255 Vestvik", "2027-03-20", "2027-03-08"):
        assert text in page
    assert client.post(path, {"answer": "perhaps"}).status_code == 200
    assert CoSignRequest.objects.get().state == CoSignRequest.State.WAITING
    assert client.post(path, {"answer": choice})["Location"] == path
    assert told in client.get(path).content.decode()
    again = client.post(path, {"answer": "agree"})
    assert again.status_code == 409
    assert told in again.content.decode()


def test_an_answer_that_comes_too_late_is_told_so(shared: Case, clock: Clock) -> None:
    path = address("cosign", shared)
    pass_time(clock, days=8)
    client = signed_in(citizen(OLE, "Ole"))
    assert "It is too late to answer" in client.get(path).content.decode()
    assert client.post(path, {"answer": "agree"}).status_code == 409


def test_messages_are_new_until_they_were_opened(agencies: Agencies, clock: Clock, maria: User) -> None:
    submitted(maria, clock)
    pass_time(clock, seconds=1)
    tell(clock)
    client = signed_in(maria)
    assert "2 new" in client.get("/my/").content.decode()
    first = client.get("/my/messages/").content.decode()
    assert first.index("Your move is complete") < first.index("Your move is registered")
    assert first.count(">New<") == 2
    assert ">New<" not in client.get("/my/messages/").content.decode()
    assert not Notification.objects.filter(read_at=None).exists()


def test_pages_lead_back_and_forth_and_cost_no_more_with_more_rows(
    agencies: Agencies, clock: Clock, maria: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(maria)
    cases = [submitted(maria, clock)]
    with django_assert_max_num_queries(50) as few:
        client.get("/my/")
    for _ in range(21):
        clock.move(seconds=1)
        cases.append(submitted(maria, clock))
    with django_assert_max_num_queries(len(few)):
        first = client.get("/my/")
    links = {link: first.content.decode().split(f'rel="{link}" href="')[1:] for link in ("prev", "next")}
    assert links["prev"] == []
    older = client.get("/my/" + links["next"][0].split('"')[0]).content.decode()
    assert [case.reference in older for case in cases] == [True, True] + [False] * 20
    newer = older.split('rel="prev" href="')[1].split('"')[0]
    back = client.get(f"/my/{newer}").content.decode()
    assert [case.reference in back for case in cases] == [False, False] + [True] * 20


@pytest.mark.parametrize("cursor", ["x", "20270301T000000.0-٣", f"20270301T000000.0-{2**70}", "-1", "\x00-1"])
def test_a_made_up_place_is_the_first_page(cursor: str, maria: User) -> None:
    assert signed_in(maria).get("/my/", {"open-before": cursor}).status_code == 200


def test_a_made_up_request_is_not_found(maria: User) -> None:
    assert signed_in(maria).get(f"/my/cosign/{uuid.uuid4()}/").status_code == 404
