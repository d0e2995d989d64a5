"""Who calls this portal over HTTP, by the secret that a connection shares with its agency."""

from collections.abc import Mapping

from adapters import registry
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.errors import Misconfigured, NotAuthentic
from adapters.models import Connection


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
