"""Filling in: resuming, prefilling with silent registers, problems at their field, submitting once."""

from typing import Any

import pytest

from adapters.errors import Unavailable
from adapters.ports import Rejected
from identity.models import User
from tests.workflows.world import MARIA, OLE, Agencies, Clock, citizen, filled_draft
from workflows import receipts
from workflows.answers import AnswersInvalid
from workflows.models import Case, Draft, ServiceVersion
from workflows.publishing import VersionInUse, publish
from workflows.references import ALPHABET, new_reference, normalised
from workflows.seed import seed_definitions
from workflows.services.drafts import prefill, save_page, start_draft
from workflows.services.errors import DraftIncomplete, NotAllowed
from workflows.services.submission import submit_case

pytestmark = pytest.mark.django_db


def test_a_draft_is_resumed_until_it_expires(clock: Clock, maria: User) -> None:
    first = start_draft(service="moving-house", actor=maria, now=clock())
    assert start_draft(service="moving-house", actor=maria, now=clock()) == first
    clock.move(days=31)
    assert start_draft(service="moving-house", actor=maria, now=clock()) != first


def test_a_silent_register_leaves_the_applicant_to_choose(
    agencies: Agencies, clock: Clock, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = start_draft(service="moving-house", actor=maria, now=clock())
    silent = [Unavailable("npr", "no answer")]
    with monkeypatch.context() as patch:
        patch.setattr("workflows.services.drafts.perform_many", lambda _calls: silent)
        draft = prefill(draft=draft, actor=maria, now=clock())
    assert draft.prefill["household"]["state"] == "silent"
    agencies.answers["npr.get_household"] = lambda _v, _c: Rejected("not-found", "unknown")
    draft = prefill(draft=draft, actor=maria, now=clock())
    assert draft.prefill["household"]["state"] == "not-found"
    saved = save_page(draft=draft, page="household", answers={"movers": [MARIA]}, actor=maria, now=clock())
    assert [mover["adult"] for mover in saved.answers["movers"]] == [True]
    with pytest.raises(AnswersInvalid) as caught:
        save_page(draft=draft, page="household", answers={"movers": [OLE]}, actor=maria, now=clock())
    assert caught.value.problems == {"movers": "not-in-household"}


BAD = [
    ("move-date", {"moveDate": "2027-02-30"}, {"moveDate": "not-a-date"}),
    ("move-date", {"moveDate": "2029-01-01"}, {"moveDate": "too-late"}),
    ("move-date", {"moveDate": "1999-01-01"}, {"moveDate": "too-early"}),
    ("move-date", {}, {"moveDate": "required"}),
    ("tenancy", {"tenancy": "maybe"}, {"tenancy": "not-yes-or-no"}),
    ("new-address", {"address": {"postCode": "4125"}}, {"address": "not-a-postcode"}),
    ("new-address", {"address": {"postCode": "41255"}}, {"address": "not-an-address"}),
    ("new-address", {"address": {"postCode": "41255", "thoroughfare": "x" * 10000}}, {"address": "too-long"}),
    ("contact", {"hasEmail": "a b", "hasTelephone": "1\x002"}, None),
]


@pytest.mark.parametrize(("page", "answers", "problems"), BAD)
def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_lost(
    agencies: Agencies, clock: Clock, maria: User, page: str, answers: dict[str, Any], problems: Any
) -> None:
    draft = filled_draft(maria, clock)
    with pytest.raises(AnswersInvalid) as caught:
        save_page(draft=draft, page=page, answers=answers, actor=maria, now=clock())
    wanted = problems or {"hasEmail": "not-an-email", "hasTelephone": "control-characters"}
    assert caught.value.problems == wanted
    assert Draft.objects.get().answers == draft.answers


def test_submitting_needs_every_page_and_makes_one_case(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    started = start_draft(service="moving-house", actor=maria, now=clock())
    with pytest.raises(DraftIncomplete) as caught:
        submit_case(draft=started, actor=maria, now=clock())
    assert caught.value.pages[0] == "household"
    draft = filled_draft(maria, clock)
    with pytest.raises(NotAllowed):
        submit_case(draft=draft, actor=citizen(OLE, "Ole"), now=clock())
    case = submit_case(draft=draft, actor=maria, now=clock())
    assert submit_case(draft=draft, actor=maria, now=clock()) == case
    assert Case.objects.count() == 1
    assert not Draft.objects.exists()


def test_the_receipt_proves_what_was_submitted(agencies: Agencies, clock: Clock, maria: User) -> None:
    case = submit_case(draft=filled_draft(maria, clock), actor=maria, now=clock())
    case.refresh_from_db()
    assert receipts.verify(case.receipt)
    assert case.receipt["answersSHA256"] == receipts.digest(case.answers)
    assert not receipts.verify({**case.receipt, "submittedAt": "2020-01-01"})
    assert not receipts.verify({**case.receipt, "proof": {}})
    assert not receipts.verify(case.receipt, trusted="A" * 43 + "=")


def test_a_wrong_character_of_a_reference_is_noticed() -> None:
    reference = new_reference("moving-house")
    assert normalised(reference.lower().replace("-", " ")) == reference
    for place in (4, 7, 9, 12):
        for letter in ALPHABET.replace(reference[place], ""):
            assert normalised(reference[:place] + letter + reference[place + 1 :]) is None


def test_a_version_in_use_is_not_replaced(agencies: Agencies, clock: Clock, maria: User) -> None:
    document = ServiceVersion.objects.current("moving-house").document
    changed = {**document, "title": "Moving"}
    assert publish(changed, now=clock()).title == "Moving"
    start_draft(service="moving-house", actor=maria, now=clock())
    publish(changed, now=clock())
    with pytest.raises(VersionInUse):
        publish(document, now=clock())
    seed_definitions()  # the shipped one differs now: what is in use stays
    assert ServiceVersion.objects.current("moving-house").title == "Moving"


def test_answers_and_state_are_sealed_in_the_table(agencies: Agencies, clock: Clock, maria: User) -> None:
    from django.db import connection

    submit_case(draft=filled_draft(maria, clock), actor=maria, now=clock())
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, state, receipt FROM workflows_case")
        row = cursor.fetchone()
    assert all(b"Harbour" not in bytes(column) and b"Maria" not in bytes(column) for column in row)
