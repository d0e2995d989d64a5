"""Passwords that are known to attackers: refused when one is chosen (NIST SP 800-63B-4, 3.1.1.2).

Two lists, both offline. Django ships 20,000 of the commonest, collected from breaches; a password is also
refused where it is one of them in disguise ("P@ssw0rd2026!", "dragondragon"). With
``ONESTOP_BREACHED_PASSWORDS`` the whole of Have I Been Pwned can be had: its file of SHA-1 digests in order,
in which a look-up reads a few lines.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_DISGUISE = str.maketrans("@4310$57!|", "aaeiosstil")
_ORNAMENT = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST = 6  # of what is left without its ornament
_LONGEST_LINE = 60  # 40 digits, a colon, a count


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def is_known(password: str) -> bool:
    """Return whether a password is on one of the lists, as it is or in disguise."""
    plain = password.lower().strip()
    bare = _ORNAMENT.sub("", plain)
    forms = {plain, bare, plain.translate(_DISGUISE), _ORNAMENT.sub("", bare.translate(_DISGUISE))}
    forms |= {_once(form) for form in forms}
    if any(form in _common() for form in forms if len(form) >= _SHORTEST):
        return True
    path = settings.BREACHED_PASSWORDS
    return bool(path) and is_in_file(Path(path), password)


def _once(text: str) -> str:
    """What a text consists of, where it is the same two times or more: "iloveyouiloveyou" is "iloveyou"."""
    return text[: (text + text).find(text, 1)] if text else ""


def is_in_file(path: Path, password: str) -> bool:
    """Return whether the file of SHA-1 digests, sorted, one `DIGEST:COUNT` a line, has this password's."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while high - low > _LONGEST_LINE:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline()  # the rest of a line
            if file.readline()[:40].upper() < wanted:
                low = middle
            else:
                high = middle
        file.seek(max(0, low - _LONGEST_LINE))
        found = file.read(6 * _LONGEST_LINE)
    return any(line[:40].upper() == wanted for line in found.splitlines())


class BreachedPasswordValidator:
    """For ``AUTH_PASSWORD_VALIDATORS``."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that is known (A140)."""
        if is_known(password):
            said = _("This password is on a list that attackers use. Choose another one")
            raise ValidationError(said, code="breached")

    def get_help_text(self) -> str:
        """What to tell people before they choose."""
        return _("A password from a known breach is refused.")
