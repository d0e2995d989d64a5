"""A court in the small world: a refused move, its appeal, and the matter in the court's own queue."""

from adapters import registry
from adapters.models import WorkbenchItem
from adapters.ports import Context, Request, Result
from adapters.sandbox.credentials import credentials
from identity.models import User
from tests.workflows.world import Agencies, Clock, pass_time, submitted
from workflows.models import Case
from workflows.services.appeals import appeal
from workflows.services.statuses import receive_status

GROUNDS = "The dwelling is another one."


def open_court(agencies: Agencies) -> None:
    """The court takes what it is told over its real connection."""
    registry.load_all(credentials=credentials("secret", None))

    def told(value: dict[str, object], context: Context) -> Result:
        return registry.adapter("crt").send(Request("open_case", value, context)).result

    agencies.answers["crt.open_case"] = told


def refused_move(maria: User, clock: Clock) -> Case:
    """A move that the population register refused."""
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    told = {"agency": "npr", "message_id": "m-refused", "reference": "NPR-1", "status": "refused"}
    told |= {"reason": "Nobody moves within a dwelling", "reason_code": "R030", "decided_at": ""}
    receive_status(**told, now=clock())
    pass_time(clock, seconds=1)
    case.refresh_from_db()
    assert case.status == Case.Status.REFUSED
    return case


def appealed(case: Case, maria: User, clock: Clock) -> tuple[Case, WorkbenchItem]:
    """The appeal of a refused case, and the matter that the court has of it."""
    made = appeal(case=case, actor=maria, answers={"grounds": GROUNDS}, now=clock())
    pass_time(clock, seconds=1)
    return made, WorkbenchItem.objects.get(case_reference=made.reference)
