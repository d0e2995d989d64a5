"""Connecting to the address that was judged, and to no other.

A name is resolved once for a connection; every address it leads to is judged, and the connection goes to one
of those very addresses, so a name that changes its answer (DNS rebinding) changes nothing. One address that
is refused refuses the name.
"""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from onestop.lib import addresses
from onestop.lib.addresses import Network


class AddressRefused(Exception):
    """The name leads where it must not. Final until somebody changes what is allowed."""


class NotReached(OSError):
    """The name is not known, or nobody answers there. Retry."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be reached besides public addresses: all private ones, some networks, or none."""

    everything: bool = False
    networks: tuple[Network, ...] = ()


def resolve(host: str, port: int, allowed: Allowed) -> list[str]:
    """The judged addresses of a host; raises NotReached (unknown name) or AddressRefused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # also a name that none can have
        raise NotReached(f"the name {host} does not resolve") from error
    resolved = list(dict.fromkeys(str(address[0]) for *_, address in found))
    for text in resolved:
        _judge(host, text, allowed)
    return resolved


def connect(host: str, port: int, *, seconds: float, allowed: Allowed) -> socket.socket:
    """A connection to one of the judged addresses; raises NotReached or AddressRefused."""
    deadline = time.monotonic() + seconds
    return _first(resolve(host, port, allowed), port, deadline)


def _judge(host: str, text: str, allowed: Allowed) -> None:
    address = addresses.parse(text)
    if addresses.is_public(address):
        return
    if addresses.is_unreachable(address):
        raise AddressRefused(f"{host} leads to {text}, which no server of others can have")
    if not allowed.everything and not addresses.is_within(address, allowed.networks):
        raise AddressRefused(f"{host} leads to the private address {text}")


def _first(resolved: Sequence[str], port: int, deadline: float) -> socket.socket:
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
    raise NotReached(f"no connection: {why or trouble}") from trouble
