"""The key of each person of the record: made at first use, kept sealed, destroyed for good on erasure."""

import os
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from identity.models.people import User
from identity.models.record import RecordPerson
from onestop.lib.sealing import SealBroken, blind_index, seal, unseal

KEY_BYTES = 32


def index_of(user: User) -> str:
    """Under which blind index something new is written about a person: their number's, or their account's."""
    return user.identifier_index or _of_account(user)


def indexes_of(user: User) -> list[str]:
    """Every blind index a person is known under: an account may have got its number later."""
    return [index for index in (user.identifier_index, _of_account(user)) if index]


def administration() -> str:
    """The blind index of what concerns the portal and no person."""
    return blind_index("administration", purpose="record.administration")


def _of_account(user: User) -> str:
    return blind_index(str(user.subject), purpose="record.account")


def persons_of(indexes: Collection[str]) -> dict[str, RecordPerson]:
    """Return the rows of the people with these blind indexes, made with a new key where there is none."""
    found = {row.index: row for row in RecordPerson.objects.filter(index__in=indexes)}
    return {index: found.get(index) or _made(index) for index in indexes}


def close(person: RecordPerson, plain: bytes, label: str) -> bytes:
    """Encrypt with the person's key (AES-256-GCM, nonce in front); raises SealBroken once it is destroyed."""
    nonce = os.urandom(12)
    return nonce + _cipher(bytes(person.key_sealed), person.label()).encrypt(nonce, plain, label.encode())


def open_(person: RecordPerson, sealed: bytes, label: str) -> bytes:
    """Decrypt what :func:`close` made; raises SealBroken once the key is destroyed."""
    cipher = _cipher(bytes(person.key_sealed), person.label())
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], label.encode())
    except InvalidTag as error:
        raise SealBroken("the person's key does not open this") from error


def destroy(index: str, now: datetime) -> int:
    """Destroy the key and the way to it; return how many keys that were (0 or 1)."""
    living = RecordPerson.objects.filter(index=index) if index else RecordPerson.objects.none()
    return living.update(index="", key_sealed=b"", destroyed_at=now)


def _made(index: str) -> RecordPerson:
    row = RecordPerson(index=index)
    row.key_sealed = seal(os.urandom(KEY_BYTES), label=row.label())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another process was quicker
        return RecordPerson.objects.get(index=index)
    return row


@lru_cache(maxsize=1024)
def _cipher(key_sealed: bytes, label: str) -> AESGCM:
    if not key_sealed:
        raise SealBroken("the person's key was destroyed")
    return AESGCM(unseal(key_sealed, label=label))
