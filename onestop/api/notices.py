"""`POST /agencies/{agency}/notice`: an agency says that there is news about something it was asked for.

A notice carries no decision, so none can be forged, repeated or overtaken by it: the portal asks the agency
at once, over its own connection, instead of at the next time it would have asked. Requests are signed with
the secret that the connection shares with the agency (docs/security-of-connections.md).
"""

from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from adapters.callbacks import Notice
from adapters.exchange import record_inbound
from onestop.api.callers import with_secret
from workflows.models import CaseReference
from workflows.services.statuses import hasten_check

router = Router()


class Heard(Schema):
    """``asking``: the agency is asked now. ``nothing-to-ask``: it was asked already, or is not known here."""

    outcome: Literal["asking", "nothing-to-ask"]


@router.post("/{agency}/notice", response={202: Heard}, auth=with_secret, summary="Say that there is news")
def post_notice(request: HttpRequest, agency: str, notice: Notice) -> Status[Heard]:
    """Take in a notice. Repeating it is harmless; so is one about nothing known."""
    asked = hasten_check(agency=agency, reference=notice.reference, now=timezone.now())
    outcome: Literal["asking", "nothing-to-ask"] = "asking" if asked else "nothing-to-ask"
    found = CaseReference.objects.filter(connection=agency, reference=notice.reference)
    case = getattr(found.select_related("case").first(), "case", None)
    reference, correlation = (case.reference, str(case.correlation_id)) if case else ("", "")
    record_inbound(agency, "notice", reference, correlation, request.body, outcome)
    return Status(202, Heard(outcome=outcome))
