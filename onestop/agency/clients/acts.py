"""The buttons of a client's page, each one service."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from identity.models import AgencyClient
from identity.onboarding import deciding, running
from identity.onboarding.errors import OnboardingRefused
from identity.onboarding.registering import insist
from onestop.agency.access import member
from onestop.agency.clients import once

Act = Callable[[HttpRequest, AgencyClient, datetime], None]


def carry_out(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    """Do what the button ``act`` says; raises OnboardingRefused and keys.KeysRefused."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise OnboardingRefused("state")
    act(request, client, now)


def _suspend(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    reason = request.POST.get("reason", "").replace("\0", "")[:500]
    running.suspend(client=client, actor=member(request), reason=reason, now=now)


def _resume(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    running.resume(client=client, actor=member(request), now=now)


def _retire(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    running.retire_key(client=client, actor=member(request), kid=request.POST.get("kid", ""), now=now)


def _read(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    insist(member(request), client.application.agency)
    if not client.jwks_uri:
        raise OnboardingRefused("keys")
    running.read_keys(client, now, member(request))


def _renew(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    once.keep(request, client, running.renew_secret(client=client, actor=member(request), now=now))


def _withdraw(request: HttpRequest, client: AgencyClient, now: datetime) -> None:
    asked = client.open_request()
    if asked is None:
        raise OnboardingRefused("decided")
    deciding.withdraw(request=asked, actor=member(request), now=now)


ACTS: dict[str, Act] = {
    "suspend": _suspend,
    "resume": _resume,
    "retire-key": _retire,
    "read-keys": _read,
    "renew-secret": _renew,
    "withdraw": _withdraw,
}
