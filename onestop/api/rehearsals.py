"""`POST /test/agencies/{agency}/status`: what clients in test may say; nothing comes of it."""

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from adapters.callbacks import StatusMessage
from onestop.api.callers import with_test_token

router = Router()


class Understood(Schema):
    """The message follows the contract; in production it would have been taken."""

    outcome: Literal["understood"] = "understood"


@router.post(
    "/{agency}/status", response={202: Understood}, auth=with_test_token, summary="Rehearse a decision"
)
def post_status(request: HttpRequest, agency: str, message: StatusMessage) -> Status[Understood]:
    """Check a decision exactly as in production, and keep nothing of it."""
    return Status(202, Understood())
