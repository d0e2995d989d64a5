"""Trying a provider before people use it: discovery, keys, and a real sign-in that signs nobody in."""

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from joserfc.jwk import KeySet

from identity import levels
from identity.models import IdentityProvider
from identity.models.e_ids import SIGNED
from identity.saml import extra, trust
from identity.saml.described import MetadataRefused
from identity.signin import asking, discovery, flow, key_sets, signed_claims, targets
from identity.signin.errors import AnswerRefused, ProviderRefused, ProviderSilent, SignInError
from identity.signin.pending import TRIAL
from onestop.lib.sealing import SealBroken, seal, unseal

_KEPT = "provider_trial"
_LABEL = "provider trial"


@dataclass(frozen=True)
class Step:
    """One thing that was tried: whether it went well, and what was found or what is wrong."""

    name: str
    is_good: bool
    found: str


@dataclass(frozen=True)
class Outcome:
    """How a trial sign-in went: what was received, what each claim became, or why it was refused."""

    key: str
    error: str = ""
    detail: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    signed: dict[str, Any] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    said_level: str = ""
    level: str = ""


def look(provider: IdentityProvider) -> list[Step]:
    """Read what the e-ID publishes now, not from memory; say of each part what was found."""
    if provider.protocol == IdentityProvider.Protocol.SAML:
        return _look_by_saml(provider)
    metadata = discovery.Metadata(provider.issuer)
    try:
        found = metadata.discovery()
    except ProviderSilent as error:
        return [Step("discovery", False, str(error))]
    steps = [Step("discovery", True, found.authorization_endpoint), _requests(provider, found)]
    try:
        keys = metadata.keys(None)
    except ProviderSilent as error:
        return [*steps, Step("keys", False, str(error))]
    steps.append(Step("keys", True, _described(keys)))
    signed = signed_claims.of(provider)
    if signed is None:
        return steps
    try:
        return [*steps, Step("signed-keys", True, _described(key_sets.fetched(signed.keys_url)))]
    except ProviderSilent as error:
        return [*steps, Step("signed-keys", False, str(error))]


def _described(keys: KeySet) -> str:
    return ", ".join(f"{key.kid or '-'} ({key.key_type})" for key in keys.keys)


def _requests(provider: IdentityProvider, found: discovery.Discovery) -> Step:
    """How the person's request will get there."""
    if not asking.is_pushed(provider, found):
        return Step("pushing", True, "by the browser")
    endpoint = found.pushed_authorization_request_endpoint
    return Step("pushing", bool(endpoint), endpoint or "to be pushed, and it offers no address for that")


def _look_by_saml(provider: IdentityProvider) -> list[Step]:
    lacking = extra.missing()
    steps = [Step("software", not lacking, "; ".join(lacking) or f"pysaml2, {extra.COMMAND}")]
    try:
        row = trust.of(provider)
        row = trust.read_again(row, timezone.now()) if row.metadata_url else row
    except (AnswerRefused, ProviderSilent, MetadataRefused) as error:
        return [*steps, Step("metadata", False, str(error))]
    steps.append(Step("metadata", True, row.sso_url))
    steps.append(Step("sign-out", True, ", ".join(row.logout) or "not offered"))
    ends = trust.ends(row)
    described = ", ".join(f"{subject} ({ends_at:%Y-%m-%d})" for subject, ends_at in ends)
    return [*steps, Step("keys", any(ends_at > timezone.now() for _, ends_at in ends), described)]


def begin(request: HttpRequest, provider: IdentityProvider, target: str) -> str:
    """Return the link that begins a trial; any level the e-ID knows will do."""
    level = next(iter(provider.levels()), levels.LOW)
    return flow.begin_later(request.session, provider, level=level, target=target, purpose=TRIAL)


def tell(request: HttpRequest, signed_in: flow.SignedIn) -> HttpResponse:
    """Keep what was received for the administrator's page, sealed, and go there."""
    provider = signed_in.provider
    person = {**provider.person(signed_in.attributes), "subject": signed_in.subject}
    own = {name: value for name, value in signed_in.attributes.items() if name not in signed_in.claims}
    outcome = Outcome(
        key=provider.key,
        claims={name: value for name, value in signed_in.claims.items() if name != SIGNED},
        signed=signed_in.claims.get(SIGNED, {}),
        attributes=own,
        person=person,
        said_level=provider.said_level(signed_in.claims),
        level=signed_in.level,
    )
    return _keep(request, outcome, signed_in.next)


def tell_failed(request: HttpRequest, key: str, error: SignInError) -> HttpResponse:
    """Keep why the trial's answer was refused, and go to the administrator's page."""
    word = error.error if isinstance(error, ProviderRefused) else error.code
    return _keep(request, Outcome(key=key, error=word, detail=str(error)), error.target)


def take(request: HttpRequest, key: str) -> Outcome | None:
    """Return the outcome of this provider's last trial in this browser, once."""
    sealed = request.session.pop(_KEPT, None)
    if sealed is None:
        return None
    try:
        outcome = Outcome(**json.loads(unseal(base64.b64decode(sealed), label=_LABEL)))
    except (SealBroken, ValueError, TypeError):
        return None
    return outcome if outcome.key == key else None


def _keep(request: HttpRequest, outcome: Outcome, target: str) -> HttpResponse:
    sealed = seal(json.dumps(asdict(outcome)).encode(), label=_LABEL)
    request.session[_KEPT] = base64.b64encode(sealed).decode()
    return HttpResponseRedirect(targets.safe(target))
