"""Connecting to the address that was judged, and to no other.

A name is resolved once for a connection; every address it leads to is judged, and the connection goes to one
of those very addresses, so a name that changes its answer (DNS rebinding) changes nothing. One address that
is refused refuses the name.
"""

import ipaddress
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, Unavailable
from onestop.lib import addresses
from onestop.lib.addresses import Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a connection may reach besides public addresses: all private ones, some networks, or none."""

    everything: bool = False
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, spec: ConnectionSpec) -> "Allowed":
        """From ``allow_private``: true, false, or a list of networks (``["10.20.0.0/16"]``)."""
        stated = spec.option("allow_private", False)
        if isinstance(stated, bool):
            return cls(everything=stated)
        try:
            return cls(networks=tuple(ipaddress.ip_network(one) for one in stated))
        except (TypeError, ValueError) as error:
            raise Misconfigured(
                spec.key, f"allow_private must be true, false or a list of networks: {error}"
            ) from error


def resolve(key: str, host: str, port: int, allowed: Allowed) -> list[str]:
    """The judged addresses of a host; raises Unavailable (unknown name) or Misconfigured (refused)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # also a name that none can have
        raise Unavailable(key, f"the name {host} does not resolve", sent=False) from error
    resolved = list(dict.fromkeys(str(address[0]) for *_, address in found))
    for text in resolved:
        _judge(key, host, text, allowed)
    return resolved


def connect(key: str, host: str, port: int, *, seconds: float, allowed: Allowed) -> socket.socket:
    """A connection to one of the judged addresses; raises Unavailable or Misconfigured."""
    deadline = time.monotonic() + seconds
    return _first(key, resolve(key, host, port, allowed), port, deadline)


def _judge(key: str, host: str, text: str, allowed: Allowed) -> None:
    address = addresses.parse(text)
    if addresses.is_public(address):
        return
    if addresses.is_unreachable(address):
        raise Misconfigured(key, f"{host} leads to {text}, which no agency can have")
    if not allowed.everything and not addresses.is_within(address, allowed.networks):
        raise Misconfigured(key, f"{host} leads to the private address {text}; set allow_private to allow it")


def _first(key: str, resolved: Sequence[str], port: int, deadline: float) -> socket.socket:
    trouble: OSError | None = None
    for text in resolved:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            channel = socket.create_connection((text, port), left)
        except OSError as error:
            trouble = error
            continue
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return channel
    why = "timed out" if trouble is None or isinstance(trouble, TimeoutError) else trouble.strerror
    raise Unavailable(key, f"no connection: {why or trouble}", sent=False) from trouble
