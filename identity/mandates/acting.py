"""For whom a session acts: looked at anew with every request, so a mandate taken back ends it at once."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from identity.models import Mandate, User

CHOSEN = "acting_for"


@dataclass(frozen=True, slots=True)
class Acting:
    """Who is at the keyboard and whose matter it is; the same person where there is no mandate."""

    actor: User
    principal: User
    mandate: Mandate | None = None


def acting(request: HttpRequest) -> Acting | None:
    """Return who acts for whom in this request, None where nobody is signed in."""
    user = request.user
    if not isinstance(user, User):
        return None
    known: Acting | None = getattr(request, "_acting", None)
    if known is None:
        chosen = request.session.get(CHOSEN)
        mandate = _living(user, chosen) if chosen else None
        if chosen and mandate is None:
            del request.session[CHOSEN]
        known = Acting(user, mandate.principal if mandate else user, mandate)
        request._acting = known  # type: ignore[attr-defined]
    return known


def represented(request: HttpRequest) -> str:
    """The name of the person a request acts for, "" for oneself: for the top of every page."""
    found = acting(request) if request.session.get(CHOSEN) else None
    return found.principal.get_full_name() if found is not None and found.mandate else ""


def choose(request: HttpRequest, public_id: uuid.UUID) -> Mandate | None:
    """Begin to act under a mandate; None where it does not hold or is not this person's."""
    user = request.user
    mandate = _living(user, str(public_id)) if isinstance(user, User) else None
    if mandate is not None:
        request.session[CHOSEN] = str(mandate.public_id)
        request._acting = None  # type: ignore[attr-defined]
    return mandate


def stop(request: HttpRequest) -> None:
    """Act for oneself again."""
    request.session.pop(CHOSEN, None)
    request._acting = None  # type: ignore[attr-defined]


def may_act(actor: User, principal: User, service: str, now: datetime) -> Mandate | None:
    """The mandate by which ``actor`` may act for ``principal`` in a service now; None where there is none."""
    held = Mandate.objects.living(now).to(actor).filter(principal=principal)
    return next((mandate for mandate in held if mandate.covers(service)), None)


def _living(user: User, public_id: str) -> Mandate | None:
    return Mandate.objects.living(timezone.now()).to(user).filter(public_id=public_id).first()
