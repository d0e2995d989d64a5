"""Recovery codes: ten, shown once, each good once in place of the authenticator app."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from identity.models import RecoveryCode, User
from identity.record import deeds
from onestop.lib.sealing import blind_index

COUNT = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for one another
_LENGTH = 12  # letters: 59 bits


@transaction.atomic
def renew(user: User, level: str) -> list[str]:
    """Replace the person's codes; returns the new ones, which are not kept and cannot be shown again."""
    user.recovery_codes.all().delete()
    codes = [_new() for _ in range(COUNT)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(code), bound_level=level) for code in codes
    )
    deeds.factor_changed(user, "codes", timezone.now())
    return codes


def take(user: User, code: str, now: datetime) -> RecoveryCode | None:
    """Use a code up; None for one that is wrong or used."""
    found = user.recovery_codes.filter(digest=_digest(code), used_at=None)
    row = found.first()
    return row if row is not None and found.update(used_at=now) else None


def left(user: User) -> int:
    """How many codes are still good."""
    return user.recovery_codes.filter(used_at=None).count()


def looks_like_one(text: str) -> bool:
    """Whether somebody typed a recovery code where a code of the app is asked for."""
    return len(_bare(text)) == _LENGTH


def _new() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _LENGTH, 4))


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _digest(code: str) -> str:
    return blind_index(_bare(code), purpose="recovery code")
