"""How long things are kept, and what goes with them; erasure at a person's wish; the copy of everything."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.models import Exchange, WorkbenchItem, seal_json
from identity.mandates.granting import CODE_LASTS, make_code
from identity.models import (
    ConsentCode,
    FederatedIdentity,
    Mandate,
    RecordEntry,
    RecordPerson,
    SignIn,
    StaffRole,
    User,
)
from identity.record import batches, entries, verifying
from tests.workflows.uploads.files import pdf
from tests.workflows.world import MARIA, Agencies, Clock, filled_draft, pass_time, submitted
from workflows import retention
from workflows.models import Case, CaseEvent, Draft, Notification
from workflows.services.erasure import erase
from workflows.services.errors import NotPossible
from workflows.services.export import export
from workflows.uploads.keeping import keep_upload

pytestmark = pytest.mark.django_db
CANARY = "Harbour Street"


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Any) -> None:
    settings.RECORD_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")


def said(operation: str, *, case: str = "", correlation: str) -> Exchange:
    """Something said to the population register, in the log."""
    row = Exchange(connection="npr", operation=operation, case_reference=case, correlation_id=correlation)
    row.canonical = seal_json({"address": CANARY}, row.label("canonical"))
    row.save()
    return row


@pytest.fixture
def ended(agencies: Agencies, clock: Clock, maria: User) -> Case:
    """A case that has ended, with what was said to an agency and a unit."""
    case = submitted(maria, clock)
    pass_time(clock, days=10)
    Notification.objects.create(user=maria, case=case, token="t", kind="completed")
    Case.objects.filter(pk=case.pk).update(status=Case.Status.COMPLETED, completed_at=clock())
    case.refresh_from_db()
    said("register_move", case=case.reference, correlation=str(case.correlation_id))
    said("get_household", correlation=str(case.draft_id))
    item = WorkbenchItem(connection="eastholm", operation="o", idempotency_key="k", reference="E-1")
    item.case_reference = case.reference
    item.value = {"address": CANARY}
    item.save()
    return case


def test_a144_a_case_goes_on_its_day_and_not_before(ended: Case, clock: Clock) -> None:
    assert ended.completed_at is not None
    day = ended.completed_at + timedelta(days=730)
    assert retention.kept_until(ended) == day
    retention.delete_due(day - timedelta(seconds=1))
    for model in (Case, CaseEvent, Exchange, WorkbenchItem, Notification):
        assert model.objects.exists(), model  # type: ignore[attr-defined]
    assert retention.delete_due(day) == 1
    for model in (Case, CaseEvent, Exchange, WorkbenchItem, Notification):
        assert not model.objects.exists(), model  # type: ignore[attr-defined]
    last = RecordEntry.objects.select_related("person").order_by("-pk").first()
    assert last is not None
    assert (last.kind, entries.read(last).case) == ("erased", ended.reference)


def test_two_workers_delete_a_case_once(ended: Case, clock: Clock) -> None:
    assert retention.delete_cases([ended], clock(), "past its day") == 1
    assert retention.delete_cases([ended], clock(), "past its day") == 0
    assert RecordEntry.objects.filter(kind="erased").count() == 1


def test_codes_for_a_counter_go_when_they_are_over(clock: Clock, maria: User) -> None:
    make_code(actor=maria, service="moving-house", now=clock())
    retention.delete_due(clock() + CODE_LASTS - timedelta(seconds=1))
    assert ConsentCode.objects.exists()
    retention.delete_due(clock() + CODE_LASTS)
    assert not ConsentCode.objects.exists()


def test_a144_a_case_under_way_stays_however_old(agencies: Agencies, clock: Clock, maria: User) -> None:
    submitted(maria, clock)
    retention.delete_due(clock() + timedelta(days=4000))
    assert Case.objects.count() == 1


def test_a144_an_expired_draft_goes_with_what_registers_answered(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    draft = filled_draft(maria, clock)
    said("get_household", correlation=str(draft.public_id))
    retention.delete_due(draft.expires_at - timedelta(seconds=1))
    assert Draft.objects.exists()
    assert Exchange.objects.exists()
    retention.delete_due(draft.expires_at)
    assert not Draft.objects.exists()
    assert not Exchange.objects.exists()


def test_a143_erasure_leaves_nothing_that_says_who_it_was(ended: Case, clock: Clock, maria: User) -> None:
    FederatedIdentity.objects.create(issuer="i", subject="s", user=maria)
    batches.seal(clock())
    erase(actor=maria, now=clock())
    batches.seal(clock())
    maria.refresh_from_db()
    assert (maria.get_full_name(), maria.identifier, maria.identifier_index, maria.email) == ("", "", "", "")
    assert not maria.is_active
    for model in (Case, CaseEvent, Draft, Exchange, WorkbenchItem, FederatedIdentity, SignIn):
        assert not model.objects.exists(), model  # type: ignore[attr-defined]
    gone = RecordPerson.objects.exclude(destroyed_at=None).get()
    assert (gone.index, bytes(gone.key_sealed)) == ("", b"")
    assert gone.entries.count() > 0
    assert verifying.verify(clock()).complaints == []


def test_a143_a_case_under_way_stops_erasure(agencies: Agencies, clock: Clock, maria: User) -> None:
    submitted(maria, clock)
    with pytest.raises(NotPossible) as refused:
        erase(actor=maria, now=clock())
    assert refused.value.why == "open-cases"
    maria.refresh_from_db()
    assert maria.get_full_name() == "Maria Lind"


def test_staff_are_not_erased_by_themselves(clock: Clock, maria: User) -> None:
    StaffRole.objects.create(user=maria, role="caseworker", unit="npr")
    with pytest.raises(NotPossible) as refused:
        erase(actor=maria, now=clock())
    assert refused.value.why == "is-staff"


def test_a_law_keeps_a_case_and_the_name_with_it(ended: Case, clock: Clock, maria: User) -> None:
    version = ended.service_version
    version.document = {**version.document, "keepsCasesBecause": "Archives Act, section 3"}
    version.save()
    found = erase(actor=maria, now=clock())
    assert [(case.pk, law) for case, law, _ in found.kept] == [(ended.pk, "Archives Act, section 3")]
    maria.refresh_from_db()
    assert (maria.get_full_name(), maria.email) == ("Maria Lind", "")
    assert Case.objects.filter(pk=ended.pk).exists()


def test_a148_the_copy_holds_everything(ended: Case, clock: Clock, maria: User) -> None:
    draft = filled_draft(maria, clock)
    keep_upload(draft=draft, field="lease", name="lease.pdf", content=pdf(), actor=maria, now=clock())
    FederatedIdentity.objects.create(issuer="i", subject="s", user=maria)
    told = export(actor=maria, now=clock())
    assert told["person"]["identifier"]["notation"] == MARIA
    assert told["identities"][0]["subject"] == "s"
    assert told["drafts"][0]["answers"]["address"]["thoroughfare"] == CANARY
    assert [one["name"] for one in told["drafts"][0]["files"]] == ["lease.pdf"]
    (case,) = told["cases"]
    assert case["answers"] == ended.answers
    assert len(case["events"]) == ended.events.count()
    assert len(case["messages"]) == Notification.objects.filter(case=ended).count()
    assert case["exchanges"][0]["said"] == {"address": CANARY}
    assert len(told["record"]) == RecordEntry.objects.about(maria.identifier_index).count() - 1
    assert RecordEntry.objects.filter(kind="exported").count() == 1


def test_a148_every_table_with_a_person_in_it_is_in_the_copy_or_named_here() -> None:
    """A new table that points to a person must be exported, or be named here with the reason."""
    exported = {"Case", "Draft", "SignIn", "FederatedIdentity", "Notification", "Mandate", "Upload"}
    elsewhere = {
        "StaffRole": "of staff, not of citizens",
        "Task": "who decided: exported with its case without the officer's name",
        **dict.fromkeys(
            ("EIDAccount", "AuthenticatorApp", "Passkey", "RecoveryCode"),
            "the embedded e-ID's own, in another database",
        ),
    }
    tables = {
        relation.related_model.__name__
        for relation in User._meta.related_objects
        if relation.related_model._meta.app_label in {"identity", "workflows", "adapters", "catalogue"}
    }
    provider = {"AccessToken", "RefreshToken", "IDToken", "Grant", "DeviceGrant", "Session", "Application"}
    assert tables - provider - exported - set(elsewhere) == set()


def test_mandates_go_when_nothing_can_be_disputed_any_more(clock: Clock, maria: User) -> None:
    def ended(origin: str, principal: User, **more: Any) -> Mandate:
        span = {"valid_from": clock(), "valid_until": clock() + timedelta(days=1000), **more}
        return Mandate.objects.create(principal=principal, agent=maria, origin=origin, **span)

    child, other = (User.objects.create_user(number, created_at=clock()) for number in ("C1", "C2"))
    given = ended("granted", child, revoked_at=clock())
    lasting = ended("granted", maria)
    derived = ended("register", child, valid_until=clock())
    of_other = ended("register", other, valid_until=clock())
    retention.delete_due(clock() + timedelta(days=29))
    assert Mandate.objects.count() == 4
    retention.delete_due(clock() + timedelta(days=30))
    assert set(Mandate.objects.all()) == {given, lasting}
    assert not User.objects.filter(pk=other.pk).exists(), "named by a register alone, and of no use any more"
    assert User.objects.filter(pk=child.pk).exists()
    retention.delete_due(clock() + timedelta(days=365))
    assert set(Mandate.objects.all()) == {lasting}
    assert {derived.pk, of_other.pk}.isdisjoint(Mandate.objects.values_list("pk", flat=True))
