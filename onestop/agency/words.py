"""The words of the staff's rooms: kinds of question, outcomes, states."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

QUESTIONS = {
    "move-unsure": _("The register could not decide a move"),
    "delivery-rejected": _("An agency did not accept a delivery"),
    "no-acknowledgement": _("No acknowledgement came in time"),
    "no-answer": _("No answer came in time"),
    "dead-job": _("A delivery stopped and needs a person"),
    "outcome-unknown": _("A delivery may have arrived; find out before it is sent again"),
}
OUTCOMES = {
    "registered": _("Register the move"),
    "refused": _("Refuse the move"),
    "resend": _("Send it again"),
    "settled": _("It has been settled another way"),
    "given-up": _("Give it up; the agency is not told"),
}
ARRIVED = {  # of a delivery that may have arrived: what the agency's books say decides
    "resend": _("It has not arrived: send it again"),
    "settled": _("It has arrived, or was settled another way: do not send it again"),
    "given-up": OUTCOMES["given-up"],
}
TOLD = {"court-decision": _("A court has overturned a decision: decide again")}
RULINGS = {
    "granted": _("Grant the appeal: the agency must decide again"),
    "refused": _("Refuse the appeal: the decision stands"),
    "more": _("Ask the appellant for more before deciding"),
}
FATES = {
    "dead": _("It stopped again. A new question about it is in the queue."),
    "waiting": _("It is to be sent again, and has not been delivered yet."),
    "trying": _("It is being sent again, and has not been delivered yet."),
    "taken": _("The agency has received it and has not answered yet."),
    "delivered": _("It has been delivered; the agency has accepted it."),
    "refused": _("It has arrived; the agency said no."),
    "settled": _("It was not sent again: somebody settled it another way."),
    "given-up": _("It was not sent again: the agency is not told."),
}
CODES = {
    "U010": _("The address was written by hand and has no dwelling number."),
    "U020": _("More people would be registered than the dwelling is approved for."),
    "U030": _("An earlier entry about somebody who moves contradicts this move."),
}
HEALTH_TAGS = {"ok": "done", "degraded": "warn", "down": "bad", "unknown": ""}
CIRCUIT = {
    "open": (_("Open: nothing is sent until a try succeeds"), "bad"),
    "closed": (_("Closed: messages pass"), "done"),
}
REPEATS = {
    "read": _("It changes nothing and is repeated freely."),
    "key": _("The agency recognises our key: the same message is sent again."),
    "ask": _("The agency is asked by our reference first."),
    "person": _("A person looks before anything is sent again."),
}
CHANGES = {
    "operation-added": _("Operation added"),
    "operation-removed": _("Operation removed"),
    "field-added": _("Optional field added"),
    "required-field-added": _("Required field added"),
    "field-removed": _("Field removed"),
    "now-required": _("Now required"),
    "now-optional": _("Now optional"),
    "type-changed": _("Other type"),
    "now-repeats": _("May now repeat"),
    "no-longer-repeats": _("May no longer repeat"),
    "values-limited": _("Now limited to certain values"),
    "values-free": _("No longer limited to certain values"),
    "values-added": _("Values added"),
    "values-removed": _("Values removed"),
}
EXCHANGE_TAGS = {
    "accepted": "done",
    "pending": "wait",
    "sending": "wait",
    "rejected": "bad",
    "retry": "warn",
    "unavailable": "warn",
    "not-understood": "bad",
    "refused": "bad",
    "misconfigured": "bad",
    "unknown": "warn",
}


def outcomes(kind: str) -> "Mapping[str, StrOrPromise]":
    """What may be decided about a question of this kind, in words."""
    return ARRIVED if kind == "outcome-unknown" else OUTCOMES
