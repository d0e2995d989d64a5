"""Reading a UsernameToken (profile 1.1), and remembering what was seen so that it counts once."""

import hmac
import threading
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from adapters.wss.names import PASSWORD_DIGEST, USERNAME_TOKEN, WSSE, WSU
from adapters.wss.refused import SecurityRefused
from adapters.wss.tokens import password_digest
from adapters.wss.verifying import SKEW, read_moment


class Replays:
    """Values seen until they would be refused as too old anyway. Safe for several threads."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def insist(self, value: str, until: datetime, now: datetime) -> None:
        """Raise SecurityRefused where ``value`` was seen before; else remember it ``until`` then."""
        with self._lock:
            if self._seen.get(value, now) > now:
                raise SecurityRefused("FailedCheck", "the message was received before")
            if len(self._seen) % 256 == 255:
                self._seen = {known: end for known, end in self._seen.items() if end > now}
            self._seen[value] = until


def account_of(
    security: Any, password_of: Callable[[str], str], now: datetime, max_age: timedelta, replays: Replays
) -> str:
    """The user a security header proves; raises SecurityRefused. ``password_of`` gives "" for nobody.

    A digest needs a nonce and a time of creation, and counts once (section 4 of the profile).
    """
    found = [] if security is None else security.findall(USERNAME_TOKEN)
    if len(found) != 1:
        raise SecurityRefused("InvalidSecurity", f"the message has {len(found)} username tokens, not one")
    name = (found[0].findtext(f"{{{WSSE}}}Username") or "").strip()
    given = found[0].find(f"{{{WSSE}}}Password")
    known = password_of(name)
    if given is None:
        raise SecurityRefused("FailedAuthentication", "the username token has no password")
    is_digest = given.get("Type") == PASSWORD_DIGEST
    wanted = _digest(found[0], known, now, max_age) if is_digest else known
    if not known or not hmac.compare_digest((given.text or "").encode(), wanted.encode()):
        raise SecurityRefused("FailedAuthentication", "the user is not known by this password")
    if is_digest:
        nonce = (found[0].findtext(f"{{{WSSE}}}Nonce") or "").strip()
        replays.insist(nonce, now + 2 * (max_age + SKEW), now)
    return name


def _digest(token: Any, password: str, now: datetime, max_age: timedelta) -> str:
    nonce = (token.findtext(f"{{{WSSE}}}Nonce") or "").strip()
    created = (token.findtext(f"{{{WSU}}}Created") or "").strip()
    if not nonce or not created:
        raise SecurityRefused("InvalidSecurity", "a password digest needs a nonce and a time of creation")
    if not now - max_age - SKEW <= read_moment(created) <= now + SKEW:
        raise SecurityRefused("MessageExpired", "the username token is not of now")
    try:
        octets = b64decode(nonce, validate=True)
    except (NotBase64, ValueError) as error:
        raise SecurityRefused("InvalidSecurity", "the nonce is not base64") from error
    return password_digest(octets, created, password)
