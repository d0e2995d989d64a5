"""The certificate that an X509PKIPathv1 token is of (X.509 token profile 1.1, section 3.1; X.509, PkiPath).

A path is a SEQUENCE OF Certificate, each the issuer of the next; the last is the signer's. Those before it
prove nothing here: whether the last is believed is for what the connection pins.
"""

from adapters.wss.refused import SecurityRefused

MOST = 10  # certificates of one path
_SEQUENCE = 0x30


def last_certificate(path: bytes) -> bytes:
    """The DER of the last certificate of a path; raises SecurityRefused for what is no path."""
    inside, rest = _sequence(path)
    if rest:
        raise _wrong()
    for _ in range(MOST):
        _, rest = _sequence(inside)
        if not rest:
            return inside
        inside = rest
    raise _wrong()


def _sequence(octets: bytes) -> tuple[bytes, bytes]:
    """What a SEQUENCE in front holds, and what follows it (X.690, 8.1 and 10.1: definite lengths)."""
    if len(octets) < 2 or octets[0] != _SEQUENCE:
        raise _wrong()
    start, length = 2, octets[1]
    if length & 0x80:
        size = length & 0x7F
        start, length = 2 + size, int.from_bytes(octets[2 : 2 + size], "big")
        if not 1 <= size <= 3:
            raise _wrong()
    if start + length > len(octets):
        raise _wrong()
    return octets[start : start + length], octets[start + length :]


def _wrong() -> SecurityRefused:
    return SecurityRefused("InvalidSecurityToken", f"the token is no path of 1 to {MOST} certificates")
