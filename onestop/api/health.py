"""`/health` says that the process answers; `/ready` that its database does too."""

from django.db import DatabaseError, connection
from django.http import HttpRequest
from ninja import Router, Schema, Status

router = Router()


class Health(Schema):
    """``status`` is ``ok``, or ``unavailable`` where the database does not answer."""

    status: str


@router.get("/health", response=Health, auth=None, summary="Is the process up?")
def health(request: HttpRequest) -> Health:
    """Answer without touching anything."""
    return Health(status="ok")


@router.get("/ready", response={200: Health, 503: Health}, auth=None, summary="Can it serve?")
def ready(request: HttpRequest) -> Status[Health]:
    """Ask the database one question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Status(503, Health(status="unavailable"))
    return Status(200, Health(status="ok"))
