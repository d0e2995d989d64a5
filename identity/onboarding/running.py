"""A client in service: suspended and resumed, keys retired and read again, a new secret, a test begun."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from identity.models import AccessToken, AgencyClient, Application, ClientEvent, User
from identity.onboarding import keys
from identity.onboarding.errors import OnboardingRefused
from identity.onboarding.registering import TEST, insist, locked, tell
from identity.policies import is_administrator, may_keep_clients

READ_EVERY = timedelta(minutes=10)
State, Kind = AgencyClient.State, ClientEvent.Kind
log = logging.getLogger(__name__)


def may_suspend(actor: User, client: AgencyClient) -> bool:
    """Whether somebody may stop a client: those who keep it, and every administrator."""
    return is_administrator(actor) or may_keep_clients(actor, client.application.agency)


def may_resume(actor: User, client: AgencyClient) -> bool:
    """Whether somebody may let a client go on: in production an administrator, in test those who keep it."""
    is_test = client.application.environment == TEST
    return is_administrator(actor) or (is_test and may_keep_clients(actor, client.application.agency))


@transaction.atomic
def suspend(*, client: AgencyClient, actor: User, reason: str, now: datetime) -> None:
    """Stop a client at once: it gets no token, and those it has are gone. Raises OnboardingRefused."""
    held = locked(client)
    if not may_suspend(actor, held):
        raise OnboardingRefused("not-yours")
    if not reason.strip():
        raise OnboardingRefused("reason")
    _move(held, State.ACTIVE, State.SUSPENDED)
    AccessToken.objects.filter(application=held.application).delete()
    tell(held, Kind.SUSPENDED, actor, now, reason)


@transaction.atomic
def resume(*, client: AgencyClient, actor: User, now: datetime) -> None:
    """Let a suspended client go on, with what it had; raises OnboardingRefused."""
    held = locked(client)
    if not may_resume(actor, held):
        raise OnboardingRefused("not-yours")
    _move(held, State.SUSPENDED, State.ACTIVE)
    tell(held, Kind.RESUMED, actor, now)


@transaction.atomic
def retire_key(*, client: AgencyClient, actor: User, kid: str, now: datetime) -> None:
    """Stop believing a key, at once; raises OnboardingRefused and keys.KeysRefused (the only key)."""
    held = locked(client)
    insist(actor, held.application.agency)
    if held.jwks_uri:
        raise OnboardingRefused("keys")
    held.application.client_jwks = keys.without(held.application.client_jwks, kid)
    held.application.save(update_fields=["client_jwks"])
    tell(held, Kind.KEY_RETIRED, actor, now, kid)


@transaction.atomic
def renew_secret(*, client: AgencyClient, actor: User, now: datetime) -> str:
    """Replace the secret of a test client and return it, to be shown once; raises OnboardingRefused."""
    held = locked(client)
    insist(actor, held.application.agency)
    if held.application.environment != TEST or held.application.signs_assertions:
        raise OnboardingRefused("keys")
    secret = held.application.renew_secret()
    held.application.save(update_fields=["client_secret"])
    tell(held, Kind.SECRET, actor, now)
    return secret


@transaction.atomic
def begin_test(*, client: AgencyClient, actor: User, now: datetime) -> None:
    """Wait for the one call that shows that a client works; raises OnboardingRefused."""
    held = locked(client)
    insist(actor, held.application.agency)
    held.test_begun_at = now
    held.save(update_fields=["test_begun_at"])
    tell(held, Kind.TESTED, actor, now)


def read_keys(client: AgencyClient, now: datetime, actor: User | None = None) -> None:
    """Read a client's keys at its address again; what is wrong there is kept for its page.

    The keys it has stay when the address fails: a rotation half done must not stop an agency.
    """
    try:
        found, problem = keys.fetched(client.jwks_uri), ""
    except keys.KeysRefused as refused:
        found, problem = "", refused.why[:300]
        log.warning("the keys of %s cannot be read: %s", client.pk, problem)
    with transaction.atomic():
        held = locked(client)
        if held.jwks_uri != client.jwks_uri:
            return
        held.keys_read_at, held.keys_problem = now, problem
        held.save(update_fields=["keys_read_at", "keys_problem"])
        if found and found != held.application.client_jwks:
            held.application.client_jwks = found
            held.application.save(update_fields=["client_jwks"])
            said = ", ".join(line.kid for line in keys.lines(found, now))
            tell(held, Kind.CHANGED, actor, now, f"keys read: {said}")


def read_due_keys(now: datetime) -> int:
    """Read the keys of every active client with an address, every ten minutes; return how many were read."""
    due = AgencyClient.objects.filter(state=State.ACTIVE, keys_read_at__lte=now - READ_EVERY)
    read = 0
    for client in due.exclude(jwks_uri=""):
        read_keys(client, now)
        read += 1
    return read


def _move(client: AgencyClient, before: str, after: str) -> None:
    if client.state != before:
        raise OnboardingRefused("state")
    client.state = after
    client.save(update_fields=["state"])
    Application.objects.filter(pk=client.application_id).update(is_active=after == State.ACTIVE)
