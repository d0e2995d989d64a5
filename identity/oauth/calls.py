"""The last calls of the clients that agencies registered: what arrived, so that an integrator can see it.

Kept of a client in test is every call, of one in production every refusal; no assertion, secret or token.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from identity.models import Application, ClientCall

KEPT = 20


def succeeded(client: Application, scope: str, now: datetime) -> None:
    """Keep that a client in test was given a token."""
    if client.environment == Application.Environment.TEST:
        _keep(client, "token", {"scope": scope}, now)


def refused(named: str, code: str, found: Mapping[str, object], now: datetime) -> None:
    """Keep why a client was refused; ``named`` is who the caller says it is, unproven."""
    if not settings.IS_PORTAL or not named or not named.isprintable():
        return
    client = Application.objects.filter(client_id=named).exclude(environment="").first()
    if client is None:
        return
    if not client.is_active:
        code, found = "inactive", {}
    _keep(client, code, {name: _readable(value) for name, value in found.items()}, now)


def _readable(value: object) -> object:
    """What a caller wrote without what no page and no database can hold."""
    if isinstance(value, str):
        return "".join(sign if sign.isprintable() else "\ufffd" for sign in value)
    return [_readable(one) for one in value] if isinstance(value, list) else value


def _keep(client: Application, outcome: str, found: Mapping[str, object], now: datetime) -> None:
    ClientCall.objects.create(application=client, at=now, outcome=outcome, found=dict(found))
    kept = ClientCall.objects.filter(application=client).order_by("-pk").values_list("pk", flat=True)[:KEPT]
    ClientCall.objects.filter(application=client, pk__lt=min(kept)).delete()
