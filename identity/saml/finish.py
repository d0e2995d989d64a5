"""An answer by SAML, from the form that the browser carried to the person the e-ID vouches for."""

import base64
import binascii
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from identity.models import IdentityProvider, UsedSamlAssertion
from identity.saml import assertion, extra, markup, names, request, signature, trust
from identity.signin.errors import AnswerRefused, SignInError, TokenForged
from identity.signin.flow import SignedIn
from identity.signin.pending import TRIAL, Pending, take
from identity.signin.providers import by_key

RESPONSE, STATE = "SAMLResponse", "RelayState"


def finish(session: SessionBase, answer: QueryDict, key: str) -> SignedIn:
    """Check the answer that came for the e-ID ``key``; it works once, in the browser that began it.

    Raises a :class:`SignInError` that knows where the person wanted to go and what for.
    """
    pending = take(session, answer.get(STATE, ""))
    try:
        if pending.provider != key:
            raise AnswerRefused("mix-up")
        provider = by_key(key, on_trial=pending.purpose == TRIAL)
        if provider.protocol != IdentityProvider.Protocol.SAML:
            raise AnswerRefused("mix-up")
        return _checked(pending, provider, answer.get(RESPONSE, ""), timezone.now())
    except SignInError as error:
        error.target, error.purpose = pending.next, pending.purpose
        raise


def _checked(pending: Pending, provider: IdentityProvider, sent: str, now: datetime) -> SignedIn:
    extra.require()
    response = markup.message(_decoded(sent))
    expected = assertion.Expected(
        issuer=provider.issuer,
        audience=names.entity_id(provider),
        consumer=names.consumer(provider),
        request_id=request.identifier(pending),
        subject_path=provider.paths.get("subject") or request.NAME_ID,
        level=pending.level,
        level_of=provider.level_of,
        now=now,
        max_age=pending.max_age,
    )
    assertion.check_response(response, expected)
    signed = signature.signed_assertion(response, trust.of(provider).certificates, now)
    believed = assertion.check(signed, expected)
    _use_up(provider.issuer, believed, now)
    return SignedIn(provider, believed.claims, believed.claims, "", pending.next, pending.purpose)


def _decoded(sent: str) -> bytes:
    try:
        return base64.b64decode("".join(sent.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenForged("saml-xml", "it is not in base64") from error


def _use_up(issuer: str, believed: assertion.Believed, now: datetime) -> None:
    """An assertion is taken once, whatever browser shows it again (profiles section 4.1.4.5)."""
    UsedSamlAssertion.objects.filter(expires_at__lt=now).delete()
    ends_at = believed.ends_at + assertion.LEEWAY
    try:
        with transaction.atomic():
            UsedSamlAssertion.objects.create(
                issuer=issuer, assertion_id=believed.identifier, expires_at=ends_at
            )
    except IntegrityError as error:
        raise TokenForged("saml-used") from error
