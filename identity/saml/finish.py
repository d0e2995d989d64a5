"""An answer by SAML, from the form that the browser carried to the person the e-ID vouches for."""

from datetime import datetime
from functools import partial

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.utils import timezone
from lxml import etree

from identity.models import IdentityProvider
from identity.saml import (
    assertion,
    bindings,
    encryption,
    extra,
    markup,
    names,
    once,
    request,
    signature,
    trust,
)
from identity.saml.bindings import RESPONSE, STATE
from identity.signin.errors import AnswerRefused, SignInError
from identity.signin.flow import SignedIn
from identity.signin.pending import TRIAL, Pending, take
from identity.signin.providers import by_key


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
    response = markup.message(bindings.unbase64(sent))
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
    unlock = partial(_unlocked, provider)
    signed = trust.judged(
        trust.of(provider), now, lambda known: signature.signed_assertion(response, known, unlock)
    )
    believed = assertion.check(signed, expected)
    once.use_up(provider.issuer, believed.identifier, believed.ends_at + assertion.LEEWAY, now)
    return SignedIn(provider, believed.claims, believed.claims, "", pending.next, pending.purpose)


def _unlocked(provider: IdentityProvider, sealed: etree._Element, is_covered: bool) -> etree._Element:
    allows_cbc = trust.of(provider).allows_cbc
    return encryption.unlock(sealed, provider.secret, is_covered=is_covered, allows_cbc=allows_cbc)
