"""The second person: approves what somebody else asks for a client of production, or refuses it."""

from datetime import datetime

from django.db import transaction

from identity.models import AgencyClient, ClientEvent, ClientRequest, User
from identity.onboarding.errors import OnboardingRefused
from identity.onboarding.registering import apply, insist, locked, tell, values
from identity.policies import is_administrator

State, Outcome = AgencyClient.State, ClientRequest.Outcome


def may_decide(actor: User, request: ClientRequest) -> bool:
    """Whether somebody may decide a request: an administrator who is not the one who asked."""
    return is_administrator(actor) and actor.pk != request.asked_by_id


@transaction.atomic
def approve(*, request: ClientRequest, actor: User, now: datetime) -> None:
    """Give the client what was asked; raises OnboardingRefused."""
    client, held = _held(request)
    _insist_on_second(actor, held)
    if client.state == State.SUSPENDED:
        raise OnboardingRefused("state")
    current, asked = values(client), dict(held.asked)
    if current["jwks_uri"]:
        current["jwks"] = held.before.get("jwks", "")  # what the address says may change meanwhile
        if asked["jwks_uri"] == client.jwks_uri:
            asked["jwks"] = client.application.client_jwks
    if held.before and held.before != current:
        raise OnboardingRefused("changed")
    _close(held, Outcome.APPROVED, actor, now)
    client.application.asked_by, client.application.approved_by = held.asked_by, actor
    tell(client, ClientEvent.Kind.APPROVED, actor, now)
    apply(client, asked, held.asked_at, actor, now)


@transaction.atomic
def refuse(*, request: ClientRequest, actor: User, reason: str, now: datetime) -> None:
    """Leave the client as it is and say why; raises OnboardingRefused."""
    client, held = _held(request)
    _insist_on_second(actor, held)
    if not reason.strip():
        raise OnboardingRefused("reason")
    held.reason = reason
    _close(held, Outcome.REFUSED, actor, now)
    _fall_back(client)
    tell(client, ClientEvent.Kind.REFUSED, actor, now, reason)


@transaction.atomic
def withdraw(*, request: ClientRequest, actor: User, now: datetime) -> None:
    """Take a request back, by anybody who keeps the agency's clients; raises OnboardingRefused."""
    client, held = _held(request)
    insist(actor, client.application.agency)
    _close(held, Outcome.WITHDRAWN, actor, now)
    _fall_back(client)
    tell(client, ClientEvent.Kind.WITHDRAWN, actor, now)


def _held(request: ClientRequest) -> tuple[AgencyClient, ClientRequest]:
    client = locked(request.client)
    held = ClientRequest.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=request.pk)
    if held.outcome != Outcome.OPEN:
        raise OnboardingRefused("decided")
    return client, held


def _insist_on_second(actor: User, request: ClientRequest) -> None:
    if not is_administrator(actor):
        raise OnboardingRefused("not-yours")
    if not may_decide(actor, request):
        raise OnboardingRefused("second-person")


def _close(request: ClientRequest, outcome: str, actor: User, now: datetime) -> None:
    request.outcome, request.decided_by, request.decided_at = outcome, actor, now
    request.save()


def _fall_back(client: AgencyClient) -> None:
    """A client that never worked is refused; one that works goes on as it is."""
    if client.state == State.WAITING:
        client.state = State.REFUSED
        client.save(update_fields=["state"])
