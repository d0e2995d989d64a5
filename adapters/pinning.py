"""The judged way to an agency (:mod:`onestop.lib.reaching`), in the words of the port."""

import ipaddress
import socket

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, Unavailable
from onestop.lib import reaching
from onestop.lib.reaching import Allowed

__all__ = ["Allowed", "allowed_by", "connect"]


def allowed_by(spec: ConnectionSpec) -> Allowed:
    """From ``allow_private``: true, false, or a list of networks (``["10.20.0.0/16"]``)."""
    stated = spec.option("allow_private", False)
    if isinstance(stated, bool):
        return Allowed(everything=stated)
    try:
        return Allowed(networks=tuple(ipaddress.ip_network(one) for one in stated))
    except (TypeError, ValueError) as error:
        raise Misconfigured(
            spec.key, f"allow_private must be true, false or a list of networks: {error}"
        ) from error


def connect(key: str, host: str, port: int, *, seconds: float, allowed: Allowed) -> socket.socket:
    """A connection to one of the judged addresses; raises Unavailable or Misconfigured (refused)."""
    try:
        return reaching.connect(host, port, seconds=seconds, allowed=allowed)
    except reaching.NotReached as error:
        raise Unavailable(key, str(error), sent=False) from error
    except reaching.AddressRefused as error:
        raise Misconfigured(key, f"{error}; allow_private says which may be reached") from error
