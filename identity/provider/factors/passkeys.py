"""Passkeys: WebAuthn Level 3, checked by the library `fido2`; challenges are used once and in time.

With user verification (a finger, a face, a PIN) a passkey is two factors in one. It gives the level high
where it was added in a session of that level, so that it is bound to a person whose identity was proofed.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity import levels
from identity.models import Passkey, User
from identity.record import deeds

_STATE = "passkey_challenge"
_LIFETIME = 600  # seconds
_MOST = 20  # passkeys of one person
JSON = dict[str, Any]


class PasskeyRefused(Exception):
    """The answer does not prove anything. Final for this challenge; ``code`` says what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def relying_party() -> str:
    """The host name a passkey is bound to."""
    return urlsplit(settings.EID_URL).hostname or ""


def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=relying_party(), name="Aurelia e-ID")
    return Fido2Server(party, verify_origin=lambda origin: origin == settings.EID_URL)


def begin_adding(session: SessionBase, user: User) -> JSON:
    """Return the options for `navigator.credentials.create`; the challenge waits in the session."""
    entity = PublicKeyCredentialUserEntity(
        id=user.subject.bytes, name=user.get_full_name(), display_name=user.get_full_name()
    )
    held = [_attested(row) for row in user.passkeys.all()]
    options, state = _server().register_begin(
        entity,
        held,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    session[_STATE] = {"kind": "add", "state": state, "at": time.time()}
    return dict(options)


def finish_adding(
    session: SessionBase, user: User, answer: Mapping[str, Any], *, name: str, level: str
) -> Passkey:
    """Check what the authenticator made and keep it; raises :class:`PasskeyRefused`."""
    state = _take(session, "add")
    try:
        response = RegistrationResponse.from_dict(answer)
        made = _server().register_complete(state, response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused("answer") from error
    data = made.credential_data
    if data is None or user.passkeys.count() >= _MOST:
        raise PasskeyRefused("too-many" if data else "answer")
    try:
        with transaction.atomic():
            row: Passkey = Passkey.objects.create(
                user=user,
                name=name,
                bound_level=level,
                credential_id=websafe_encode(data.credential_id),
                credential=bytes(data),
                sign_count=made.counter,
            )
            deeds.factor_changed(user, "passkey-added", timezone.now(), name)
            return row
    except IntegrityError as error:
        raise PasskeyRefused("known") from error


def begin_signing_in(session: SessionBase) -> JSON:
    """Return the options for `navigator.credentials.get`: any passkey of this e-ID will do."""
    options, state = _server().authenticate_begin(user_verification=UserVerificationRequirement.PREFERRED)
    session[_STATE] = {"kind": "sign-in", "state": state, "at": time.time()}
    return dict(options)


def finish_signing_in(session: SessionBase, answer: Mapping[str, Any]) -> tuple[Passkey, bool]:
    """Return the passkey that signed the challenge, and whether it verified its user.

    Raises :class:`PasskeyRefused`, also for a counter that went backwards: somebody has a copy of the key.
    """
    state = _take(session, "sign-in")
    try:
        response = AuthenticationResponse.from_dict(answer)
        number = websafe_encode(response.raw_id)
        row = (
            Passkey.objects.select_related("user").filter(credential_id=number, user__is_active=True).first()
        )
        if row is None:
            raise PasskeyRefused("unknown")
        _server().authenticate_complete(state, [_attested(row)], response)
        data = response.response.authenticator_data
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused("answer") from error
    handle = response.response.user_handle
    if handle is not None and bytes(handle) != row.user.subject.bytes:
        raise PasskeyRefused("unknown")
    _count(row, data)
    return row, data.is_user_verified()


def level(passkey: Passkey, is_verified: bool) -> str:
    """Return what a passkey proves: high with its user verified, never more than when it was added."""
    return levels.lowest(passkey.bound_level, levels.HIGH if is_verified else levels.SUBSTANTIAL)


def _count(row: Passkey, data: AuthenticatorData) -> None:
    if data.counter or row.sign_count:
        newer = Passkey.objects.filter(pk=row.pk, sign_count__lt=data.counter)
        if not newer.update(sign_count=data.counter):
            raise PasskeyRefused("copied")
    Passkey.objects.filter(pk=row.pk).update(last_used_at=timezone.now())


def _take(session: SessionBase, kind: str) -> Any:
    kept = session.pop(_STATE, None)
    if kept is None or kept["kind"] != kind or time.time() - kept["at"] > _LIFETIME:
        raise PasskeyRefused("late")
    return kept["state"]


def _attested(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))
