"""Who calls this portal over HTTP, by the secret that a connection shares with its agency."""

from collections.abc import Mapping

from adapters import registry
from adapters.authentication import event_jws
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, NotAuthentic
from adapters.models import Connection
from onestop.lib.key_sets import public_keys


def insist_on_signature(
    connection: str, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Raise NotAuthentic unless the agency signed this request, less than five minutes ago.

    ``target`` is the path with its query; the connection's credentials are ``key_id`` and ``hmac_secret``,
    see :mod:`adapters.authentication.request_hmac` for what is signed.
    """
    row = Connection.objects.filter(key=connection, enabled=True).first()
    if row is None:
        raise NotAuthentic(connection, "there is no such connection")
    try:
        RequestHmac.of(registry.spec(row), {}).insist(method, target, headers, body)
    except (Misconfigured, ValueError) as error:
        raise NotAuthentic(connection, "this connection has no secret for callers") from error
    except HmacRefused as refused:
        raise NotAuthentic(connection, str(refused)) from refused


def insist_on_event_signature(connection: str, headers: Mapping[str, str], body: bytes) -> ConnectionSpec:
    """Return the connection whose agency signed this body within five minutes; raises NotAuthentic.

    The connection's credential ``event_jwks`` holds the agency's public keys, see
    :mod:`adapters.authentication.event_jws`.
    """
    row = Connection.objects.filter(key=connection, enabled=True).first()
    if row is None:
        raise NotAuthentic(connection, "there is no such connection")
    spec = registry.spec(row)
    try:
        keys = public_keys(spec.credential("event_jwks"))
    except (Misconfigured, ValueError) as error:
        raise NotAuthentic(connection, "this connection has no keys for events") from error
    try:
        event_jws.insist(headers.get(event_jws.HEADER, ""), body, keys)
    except event_jws.JwsRefused as refused:
        raise NotAuthentic(connection, str(refused)) from refused
    return spec
