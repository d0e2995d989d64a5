"""Mandates: given, held to their services and dates, taken back at once, never a chain; codes for a clerk."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.mandates import granting
from identity.mandates.acting import may_act
from identity.mandates.granting import MandateRefused, grant, make_code, revoke, take_code
from identity.models import ConsentCode, Mandate, StaffRole, User

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
MARIA, OLE = "19850312T4240", "19840701T1239"


@pytest.fixture
def maria() -> User:
    return User.objects.create_user(MARIA, given_name="Maria", family_name="Lind")


@pytest.fixture
def ole() -> User:
    return User.objects.create_user(OLE, given_name="Ole", family_name="Berg")


@pytest.fixture
def clerk() -> User:
    user = User.objects.create_user(given_name="Lars")
    StaffRole.objects.create(user=user, role="clerk", unit="vestvik")
    return user


def given(principal: User, *, services: tuple[str, ...] = ("moving-house",), days: int = 30) -> Mandate:
    return grant(
        actor=principal,
        agent_number=OLE,
        agent_name="Ole",
        services=list(services),
        valid_from=NOW,
        valid_until=NOW + timedelta(days=days),
        now=NOW,
    )


def test_a_mandate_lets_its_agent_act_in_its_services(maria: User, ole: User) -> None:
    mandate = given(maria)
    assert may_act(ole, maria, "moving-house", NOW) == mandate
    assert may_act(maria, ole, "moving-house", NOW) is None, "not the other way round"
    assert b"Ole" not in bytes(mandate.names_sealed)
    assert mandate.agent_name == "Ole"


def test_a98_another_service_is_not_covered(maria: User, ole: User) -> None:
    given(maria)
    assert may_act(ole, maria, "housing-allowance", NOW) is None


def test_a98_before_after_and_taken_back(maria: User, ole: User) -> None:
    mandate = given(maria)
    assert may_act(ole, maria, "moving-house", NOW - timedelta(seconds=1)) is None
    assert may_act(ole, maria, "moving-house", NOW + timedelta(days=30)) is None
    with pytest.raises(MandateRefused, match="not-yours"):
        revoke(mandate=mandate, actor=User.objects.create_user(), now=NOW)
    assert may_act(ole, maria, "moving-house", NOW) is not None
    revoke(mandate=mandate, actor=maria, now=NOW)
    assert may_act(ole, maria, "moving-house", NOW) is None


def test_a98_a_mandate_of_somebody_who_may_not_sign_in_is_void(maria: User, ole: User) -> None:
    given(maria)
    maria.is_active = False
    maria.save()
    assert may_act(ole, maria, "moving-house", NOW) is None


def test_a99_nobody_gives_a_mandate_to_themselves(maria: User, ole: User) -> None:
    with pytest.raises(MandateRefused, match="to-oneself"):
        given(ole)
    nobody = User.objects.create_user(given_name="No number")
    with pytest.raises(MandateRefused, match="to-oneself"):
        given(nobody)


def test_a99_a_chain_of_mandates_leads_nowhere(maria: User, ole: User) -> None:
    third = User.objects.create_user("19900101T0001", given_name="Third")
    given(maria)
    grant(
        actor=ole,
        agent_number="19900101T0001",
        agent_name="Third",
        services=["moving-house"],
        valid_from=NOW,
        valid_until=NOW + timedelta(days=1),
        now=NOW,
    )
    assert may_act(third, ole, "moving-house", NOW) is not None
    assert may_act(third, maria, "moving-house", NOW) is None


@pytest.mark.parametrize(
    ("days", "why"), [(0, "over-before-it-begins"), (-1, "over-before-it-begins"), (1831, "too-long")]
)
def test_dates_that_make_no_sense_are_refused(maria: User, days: int, why: str) -> None:
    with pytest.raises(MandateRefused, match=why):
        given(maria, days=days)


def test_a_code_gives_the_clerk_one_service_for_an_hour(maria: User, clerk: User) -> None:
    code = make_code(actor=maria, service="moving-house", now=NOW)
    assert code not in ConsentCode.objects.get().digest
    mandate = take_code(clerk=clerk, number=MARIA, code=f"{code[:4]}-{code[4:].lower()}", now=NOW)
    assert may_act(clerk, maria, "moving-house", NOW) == mandate
    assert may_act(clerk, maria, "other", NOW) is None
    assert may_act(clerk, maria, "moving-house", NOW + timedelta(hours=1)) is None
    with pytest.raises(MandateRefused, match="wrong-code"):
        take_code(clerk=clerk, number=MARIA, code=code, now=NOW)


def test_a_child_takes_no_mandate_back_that_a_register_gave(maria: User, ole: User) -> None:
    mandate = Mandate.objects.create(
        principal=ole,
        agent=maria,
        origin=Mandate.Origin.REGISTER,
        valid_from=NOW,
        valid_until=NOW + timedelta(days=1),
    )
    with pytest.raises(MandateRefused, match="not-yours"):
        revoke(mandate=mandate, actor=ole, now=NOW)
    revoke(mandate=mandate, actor=maria, now=NOW)
    assert may_act(maria, ole, "moving-house", NOW) is None


def test_only_a_clerk_takes_a_code(maria: User, ole: User) -> None:
    code = make_code(actor=maria, service="moving-house", now=NOW)
    with pytest.raises(MandateRefused, match="not-a-clerk"):
        take_code(clerk=ole, number=MARIA, code=code, now=NOW)
    assert ConsentCode.objects.get().tries == 0


def test_a_code_ends_by_time_by_tries_and_by_a_newer_one(maria: User, clerk: User) -> None:
    def refused(code: str, now: datetime = NOW) -> None:
        with pytest.raises(MandateRefused, match="wrong-code"):
            take_code(clerk=clerk, number=MARIA, code=code, now=now)

    first = make_code(actor=maria, service="moving-house", now=NOW)
    refused(first, NOW + timedelta(minutes=15))
    second = make_code(actor=maria, service="moving-house", now=NOW)
    refused(first)
    for _ in range(granting.TRIES - 1):
        refused("WRONGONE")
    refused(second)
    third = make_code(actor=maria, service="moving-house", now=NOW)
    assert take_code(clerk=clerk, number=MARIA, code=third, now=NOW).services == ["moving-house"]
