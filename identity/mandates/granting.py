"""Granting a mandate, taking it back, and consenting to a clerk's help at a counter."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from identity.models import ConsentCode, Mandate, User
from identity.models.people import identifier_index
from identity.policies import is_clerk
from onestop.lib.sealing import blind_index

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8  # 39 bits, five tries
CODE_LASTS, TRIES = timedelta(minutes=15), 5
COUNTER_LASTS = timedelta(hours=1)
LONGEST = timedelta(days=5 * 366)


class MandateRefused(Exception):
    """A mandate cannot be given so. Final.

    ``why`` is a word: ``to-oneself``, ``over-before-it-begins``, ``too-long``, ``not-yours``, ``not-a-clerk``
    or ``wrong-code``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def grant(
    *,
    actor: User,
    agent_number: str,
    agent_name: str,
    services: list[str],
    valid_from: datetime,
    valid_until: datetime,
    now: datetime,
) -> Mandate:
    """Let somebody act for the actor; raises MandateRefused. Whether the number is anybody's is not said.

    Only one's own matters can be handed on: the principal is whoever signed in, never somebody represented,
    so no chain of mandates forms (A99).
    """
    index = identifier_index(agent_number)
    if not actor.identifier_index or index == actor.identifier_index:
        raise MandateRefused("to-oneself")
    if valid_until <= max(valid_from, now):
        raise MandateRefused("over-before-it-begins")
    if valid_until - valid_from > LONGEST:
        raise MandateRefused("too-long")
    mandate = Mandate(
        principal=actor,
        agent_index=index,
        services=sorted(set(services)),
        valid_from=valid_from,
        valid_until=valid_until,
        granted_at=now,
    )
    mandate.agent_name = agent_name
    mandate.save(force_insert=True)
    return mandate


def may_end(actor: User, mandate: Mandate) -> bool:
    """Whether somebody may end a mandate: who gave it and who holds it.

    One that follows from a register is not the principal's to take back: it ends when the register says so.
    """
    if mandate.principal_id == actor.pk and mandate.origin != Mandate.Origin.REGISTER:
        return True
    if mandate.agent_id is not None:
        return mandate.agent_id == actor.pk
    return bool(actor.identifier_index) and mandate.agent_index == actor.identifier_index


def revoke(*, mandate: Mandate, actor: User, now: datetime) -> None:
    """Take a mandate back, or lay it down, at once; raises MandateRefused("not-yours")."""
    if not may_end(actor, mandate):
        raise MandateRefused("not-yours")
    Mandate.objects.filter(pk=mandate.pk, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def make_code(*, actor: User, service: str, now: datetime) -> str:
    """Return a code that lets one clerk act for the actor in one service; an older one stops working."""
    ConsentCode.objects.filter(principal=actor, used_at=None).delete()
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    ConsentCode.objects.create(
        principal=actor, digest=_digest(code), service=service, made_at=now, expires_at=now + CODE_LASTS
    )
    return code


def take_code(*, clerk: User, number: str, code: str, now: datetime) -> Mandate:
    """Turn a person's code into the clerk's mandate of an hour.

    Raises MandateRefused ("not-a-clerk" or "wrong-code"). A wrong code counts against the person's open code,
    which ends after five.
    """
    if not is_clerk(clerk):
        raise MandateRefused("not-a-clerk")
    index = identifier_index(number)
    open_codes = ConsentCode.objects.filter(
        principal__identifier_index=index, used_at=None, expires_at__gt=now, tries__lt=TRIES
    )
    found = open_codes.filter(digest=_digest(code.replace("-", "").replace(" ", "").upper())).first()
    if found is None or found.principal_id == clerk.pk:
        open_codes.update(tries=F("tries") + 1)
        raise MandateRefused("wrong-code")
    with transaction.atomic():
        if not ConsentCode.objects.filter(pk=found.pk, used_at=None).update(used_at=now):
            raise MandateRefused("wrong-code")
        mandate = Mandate(
            principal=found.principal,
            agent=clerk,
            origin=Mandate.Origin.CONSENT,
            services=[found.service],
            valid_from=now,
            valid_until=now + COUNTER_LASTS,
            granted_at=now,
        )
        mandate.agent_name = clerk.get_full_name()
        mandate.save(force_insert=True)
    return mandate


def _digest(code: str) -> str:
    return blind_index(code, purpose="consent-code")
