"""Nonces of the server in DPoP proofs (RFC 9449 section 8): a proof made in advance, or elsewhere, is none.

They are moments signed by this role, the same in all its processes, and nothing is stored. Each is good
until the next but one is given out, so a client meets a refusal once and then follows the answers.
"""

from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

HEADER = "DPoP-Nonce"
SECONDS = 150  # a new one so often; the one before is taken too


def current(now: datetime) -> str:
    """The nonce that proofs should carry from now on."""
    return _of(_turn(now))


def is_good(nonce: object, now: datetime) -> bool:
    """Whether a proof with this nonce was made lately, for us."""
    if not isinstance(nonce, str):
        return False
    turn = _turn(now)
    return any(constant_time_compare(nonce, _of(one)) for one in (turn, turn - 1))


def _turn(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def _of(turn: int) -> str:
    return f"{turn:x}.{salted_hmac('identity.oauth.nonces', str(turn), algorithm='sha256').hexdigest()[:32]}"
