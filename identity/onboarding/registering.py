"""Registering a client and changing it: at once in test, by request to a second person in production."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from identity.agencies import SCOPES
from identity.models import AgencyClient, Application, ClientEvent, ClientRequest, User
from identity.models.clients import PRIVATE_KEY_JWT
from identity.onboarding import keys
from identity.onboarding.errors import OnboardingRefused
from identity.policies import may_keep_clients
from identity.record import deeds

FIELDS = ("name", "contact", "scopes", "jwks", "jwks_uri")
TEST, PRODUCTION = Application.Environment.TEST, Application.Environment.PRODUCTION
State = AgencyClient.State


@transaction.atomic
def register_client(
    *, actor: User, agency: str, environment: str, asked: Mapping[str, str], now: datetime
) -> tuple[AgencyClient, str]:
    """Register a client and return it with its secret, "" for one with keys; raises OnboardingRefused.

    ``asked`` has the names of ``FIELDS``: scopes with blanks between, ``jwks`` as :mod:`keys` keeps it. A
    client without keys gets a secret, in test alone. One of production waits for a second person.
    """
    insist(actor, agency)
    _check(asked, environment)
    made = Application(
        client_id=f"{agency}-{environment}-{secrets.token_hex(4)}",
        agency=agency,
        environment=environment,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        token_endpoint_auth_method=PRIVATE_KEY_JWT if asked["jwks"] else "client_secret_basic",
        is_active=False,
        name=asked["name"],
        asked_by=actor,
    )
    secret = "" if asked["jwks"] else made.renew_secret()
    made.save()
    client = AgencyClient.objects.create(
        application=made, state=State.WAITING, contact=asked["contact"], created_at=now
    )
    tell(client, ClientEvent.Kind.REGISTERED, actor, now, asked["name"])
    _apply_or_ask(client, actor, asked, now)
    return client, secret


@transaction.atomic
def change_client(*, client: AgencyClient, actor: User, asked: Mapping[str, str], now: datetime) -> None:
    """Change a client, or ask a second person to; raises OnboardingRefused."""
    held = locked(client)
    insist(actor, held.application.agency)
    _check(asked, held.application.environment)
    if bool(asked["jwks"]) != held.application.signs_assertions:
        raise OnboardingRefused("keys")
    if held.state == State.SUSPENDED:
        raise OnboardingRefused("state")
    _apply_or_ask(held, actor, asked, now)


def insist(actor: User, agency: str) -> None:
    """Raise OnboardingRefused for somebody who does not keep the clients of an agency."""
    if not may_keep_clients(actor, agency):
        raise OnboardingRefused("not-yours")


def locked(client: AgencyClient) -> AgencyClient:
    """The registration as it is now, with its application, held until the transaction ends."""
    return (
        AgencyClient.objects.select_for_update(of=("self",)).select_related("application").get(pk=client.pk)
    )


def tell(client: AgencyClient, kind: str, actor: User | None, now: datetime, said: str = "") -> None:
    """Add to the client's history, and to the record."""
    ClientEvent.objects.create(client=client, kind=kind, actor=actor, at=now, said=said[:500])
    application = client.application
    told = f"{application.client_id}: {said[:500]}" if said else application.client_id
    deeds.set_up(actor, f"client {kind}", application.agency, told, now)


def values(client: AgencyClient) -> dict[str, str]:
    """What a client has now, by the names of ``FIELDS``."""
    application = client.application
    return {
        "name": application.name,
        "contact": client.contact,
        "scopes": application.allowed_scopes,
        "jwks": application.client_jwks,
        "jwks_uri": client.jwks_uri,
    }


def apply(
    client: AgencyClient, asked: Mapping[str, Any], read_at: datetime, actor: User, now: datetime
) -> None:
    """Give a client what was asked for it; it works from now on. ``read_at``: when its keys were read."""
    application = client.application
    before = {line.kid for line in keys.lines(application.client_jwks, now)}
    for line in keys.lines(asked["jwks"], now):
        if line.kid not in before:
            tell(client, ClientEvent.Kind.KEY_ADDED, actor, now, line.kid)
    application.name, application.allowed_scopes = asked["name"], asked["scopes"]
    application.client_jwks, application.is_active = asked["jwks"], True
    application.save()
    client.contact, client.jwks_uri, client.state = asked["contact"], asked["jwks_uri"], State.ACTIVE
    client.keys_read_at, client.keys_problem = (read_at if asked["jwks_uri"] else None), ""
    client.save()


def _apply_or_ask(client: AgencyClient, actor: User, asked: Mapping[str, str], now: datetime) -> None:
    kept = {name: asked[name] for name in FIELDS}
    is_new = not client.requests.exists() and client.state == State.WAITING
    if client.application.environment == TEST:
        before = values(client)
        apply(client, kept, now, actor, now)
        if not is_new:
            changed = [name for name in FIELDS if before[name] != kept[name]]
            tell(client, ClientEvent.Kind.CHANGED, actor, now, ", ".join(changed))
        return
    if client.open_request() is not None:
        raise OnboardingRefused("waiting")
    ClientRequest.objects.create(
        client=client,
        asked=kept,
        before={} if client.state != State.ACTIVE else values(client),
        asked_by=actor,
        asked_at=now,
    )
    if client.state == State.REFUSED:
        client.state = State.WAITING
        client.save(update_fields=["state"])
    tell(client, ClientEvent.Kind.ASKED, actor, now)


def _check(asked: Mapping[str, str], environment: str) -> None:
    scopes = asked["scopes"].split()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise OnboardingRefused("scope")
    if environment == PRODUCTION and not asked["jwks"]:
        raise OnboardingRefused("keys")
