"""Cases in each state, made as people and agencies make them."""

from django.test import Client

from identity import levels
from identity.models import User
from tests.workflows.world import Clock, pass_time
from workflows.services.statuses import receive_status


def signed_in(user: User) -> Client:
    """A browser in which somebody has signed in with a substantial e-ID."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["acr"] = levels.SUBSTANTIAL
    session.save()
    return client


def tell(clock: Clock, status: str = "registered", reason: str = "") -> None:
    """The population register says how it decided, and the worker goes on."""
    told = {"agency": "npr", "message_id": f"m-{status}", "reference": "NPR-1", "status": status}
    told |= {"reason": reason, "reason_code": "", "decided_at": clock().isoformat()}
    receive_status(**told, now=clock())
    pass_time(clock, hours=1)
