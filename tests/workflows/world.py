"""A small world for tests of cases: a clock that is moved by hand, agencies that answer as told, a family."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.ports import Accepted, Context, Pending, Result
from identity.models import StaffRole, User
from workflows.dispatch import inbox, queue
from workflows.dispatch.run import execute
from workflows.models import Case, Draft, Job
from workflows.services.drafts import prefill, save_page, start_draft
from workflows.services.submission import submit_case

MARIA, OLE, CHILD = "19850312T4173", "19840701T1239", "20150505T7770"
NEW_ADDRESS = {
    "addressID": "AU-00000042",
    "thoroughfare": "Harbour Street",
    "locatorDesignator": "7",
    "postCode": "41255",
    "postName": "Vestvik",
    "adminUnitL2": "Vestvik",
}
OLD_ADDRESS = {**NEW_ADDRESS, "addressID": "AU-00000001", "postCode": "11122", "adminUnitL2": "Eastholm"}


def person(notation: str, name: str, born: str) -> dict[str, Any]:
    """A canonical person."""
    return {
        "identifier": {"notation": notation, "issuingAuthority": "NPR"},
        "givenName": name,
        "familyName": "Lind",
        "dateOfBirth": born,
    }


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        """Move the clock forward."""
        self.now += timedelta(**span)


Answer = Callable[[dict[str, Any], Context], Result]


class Agencies:
    """What stands in for the exchange: each operation answers as set, and is counted with its key."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.checks: list[tuple[str, str]] = []
        self.answers: dict[str, Answer] = {
            "npr.get_household": lambda _v, _c: Accepted({"household": household()}),
            "npr.register_move": lambda _v, _c: Pending("NPR-1"),
            "npr.confirm_move": lambda _v, _c: Accepted({}, "NPR-1"),
            "laa.get_address": lambda _v, _c: Accepted(
                {"address": NEW_ADDRESS, "capacity": 4, "registered": 0}
            ),
            "tax.update_domicile": lambda _v, c: Pending(f"job-{c.step}", timedelta(seconds=2)),
            "sia.register_change": lambda _v, c: Pending(f"file-{c.step}", timedelta(minutes=5)),
            "vdr.find_vehicles": lambda _v, _c: Accepted({"vehicle": [{"registrationNumber": "ABC 123"}]}),
            "vdr.change_keeper_address": lambda _v, _c: Accepted({}, "VDR-9"),
            "eastholm.open_case": lambda _v, _c: Accepted({}, "EAS-2027-000001"),
            "vestvik.open_case": lambda _v, _c: Accepted({}, "VES-2027-000001"),
            "npr.check": lambda _v, _c: Pending("NPR-1"),
            "tax.check": lambda _v, _c: Accepted({}),
            "sia.check": lambda _v, _c: Accepted({}),
        }

    def perform(
        self, connection: str, operation: str, value: dict[str, Any], context: Context, timeout: Any = None
    ) -> Result:
        """As adapters.exchange.perform."""
        self.calls.append((f"{connection}.{operation}", context.idempotency_key))
        return self.answers[f"{connection}.{operation}"](value, context)

    def check(
        self, connection: str, operation: str, reference: str, context: Context, timeout: Any = None
    ) -> Result:
        """As adapters.exchange.check."""
        self.checks.append((f"{connection}.{operation}", reference))
        return self.answers[f"{connection}.check"]({"reference": reference}, context)

    def perform_many(self, calls: list[Any]) -> list[Result]:
        """As adapters.exchange.perform_many."""
        return [self.perform(call.connection, call.operation, call.value, call.context) for call in calls]

    def count(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(name for name, _ in self.calls)


def household() -> dict[str, Any]:
    """Maria's household as the register answers."""
    members = [person(MARIA, "Maria", "1985-03-12"), person(OLE, "Ole", "1984-07-01")]
    members.append(person(CHILD, "Kim", "2015-05-05"))
    return {"householdID": "H1", "domicile": OLD_ADDRESS, "member": members, "asOf": "2027-03-01"}


def citizen(notation: str, name: str) -> User:
    """A person who has signed in once."""
    fields = {"given_name": name, "family_name": "Lind", "date_of_birth": "1985-03-12"}
    return User.objects.create_user(notation, email=f"{name.lower()}@example.org", **fields)


def officer(unit: str) -> User:
    """A caseworker of a unit."""
    user = User.objects.create_user(given_name="Officer", family_name=unit)
    StaffRole.objects.create(user=user, role=StaffRole.Role.CASEWORKER, unit=unit)
    return user


def filled_draft(applicant: User, clock: Clock, movers: tuple[str, ...] = (MARIA,)) -> Draft:
    """A draft of moving house with every page answered."""
    draft = start_draft(service="moving-house", actor=applicant, now=clock())
    draft = prefill(draft=draft, actor=applicant, now=clock())
    pages: dict[str, dict[str, Any]] = {
        "household": {"movers": list(movers)},
        "move-date": {"moveDate": "2027-03-20"},
        "new-address": {"address": NEW_ADDRESS},
        "tenancy": {"tenancy": True},
        "contact": {"hasEmail": "maria@example.org", "hasTelephone": ""},
    }
    for page, answers in pages.items():
        draft = save_page(draft=draft, page=page, answers=answers, actor=applicant, now=clock())
    return draft


def submitted(applicant: User, clock: Clock, movers: tuple[str, ...] = (MARIA,)) -> Case:
    """A submitted case of moving house."""
    return submit_case(draft=filled_draft(applicant, clock, movers), actor=applicant, now=clock())


def run_due(clock: Clock) -> int:
    """Run everything that is due now, one after the other; return how many jobs ran."""
    count = 0
    while True:
        inbox.match_early(clock())
        queue.promote(clock())
        job = queue.claim(clock())
        if job is None:
            return count
        execute(job, clock)
        count += 1


def pass_time(clock: Clock, **span: float) -> None:
    """Let time pass, running each job when it is due."""
    until = clock() + timedelta(**span)
    run_due(clock)
    while (due := queue.next_due()) is not None and due <= until:
        clock.now = max(clock.now, due)
        run_due(clock)
    clock.now = until


def job(case: Case, token: str) -> Job:
    """The call of a token."""
    return Job.objects.get(case=case, token=token, kind=Job.Kind.CALL)
