"""HTTP to other people's servers (e-IDs, clients): the judged address, nothing of the machine's settings.

The addresses are judged as those of agencies are (:mod:`onestop.lib.reaching`). What is private is reached
only within ``ONESTOP_EID_NETWORKS``.
"""

from socket import socket
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from onestop.lib import reaching
from onestop.lib.reaching import Allowed

CONNECT_SECONDS = 3.0


def session() -> requests.Session:
    """A session that reaches judged addresses alone: no proxies, no netrc."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Judging())
    return made


def _connected(connection: HTTPConnection) -> socket:
    """The socket of a connection; one that is refused fails as one that nobody answers."""
    allowed = Allowed(networks=settings.EID_NETWORKS)
    try:
        return reaching.connect(
            connection._dns_host, connection.port or 443, seconds=CONNECT_SECONDS, allowed=allowed
        )
    except (reaching.NotReached, reaching.AddressRefused) as error:
        raise NewConnectionError(connection, str(error)) from error


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket:
        return _connected(self)


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket:
        return _connected(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Judging(HTTPAdapter):
    """The library's way out with our connections at its end."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
