"""Whether an IP address is a public one, whatever form it hides in.

Python's ``is_global`` takes 64:ff9b::7f00:1 (loopback behind NAT64), 2002:7f00:1:: (6to4) and multicast for
public. What carries an IPv4 address within is judged by it; what no host on the internet has is not public.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")  # RFC 3056
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 section 2.5.5.1, no longer in use
_TEREDO = ipaddress.IPv6Network("2001::/32")  # RFC 4380
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")  # RFC 3879
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")  # RFC 7526
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890: protocol assignments, no hosts
_NEVER = (_PROTOCOLS, _LOCAL_NAT64, _TEREDO, _SITE_LOCAL, _RELAYS)


def parse(text: str) -> Address:
    """An address as a resolver writes it, without its zone (``fe80::1%eth0``); ValueError for none."""
    return ipaddress.ip_address(text.partition("%")[0])


def is_public(address: Address) -> bool:
    """True where a host on the internet may have this address."""
    inner = carried(address)
    if inner is not None:
        return is_public(inner)
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_unreachable(address: Address) -> bool:
    """True for what no agency can have: link-local (where clouds keep their keys), multicast, nowhere."""
    inner = carried(address)
    if inner is not None:
        return is_unreachable(inner)
    return address.is_link_local or address.is_multicast or address.is_unspecified


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """True where one of the networks holds the address, or the one it carries."""
    judged = carried(address) or address
    return any(judged.version == network.version and judged in network for network in networks)


def carried(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, None where it stands for itself."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
