"""One look at a connection: built, reached, let in, certificate, contract; the findings become a row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from django.utils import timezone

from adapters import exchange, registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError, Held, Misconfigured, NotUnderstood, Unavailable
from adapters.health import certificates, policy, publishing, reaching
from adapters.health.policy import HealthPolicy
from adapters.models import Connection, ConnectionCheck
from adapters.ports import Context

State = ConnectionCheck.State
Credentials = ConnectionCheck.Credentials
ACTOR = "health"
KEPT = timedelta(days=90)


@runtime_checkable
class Probing(Protocol):
    """An adapter that can log in and do nothing else."""

    def probe(self) -> None:
        """Log in; raises a child of AdapterError."""
        ...


@dataclass(slots=True)
class Look:
    """What has been found so far; the worst state stands."""

    state: State = State.OK
    credentials: Credentials = Credentials.UNTRIED
    findings: list[str] = field(default_factory=list)

    def worse(self, state: State, finding: str) -> None:
        """Take in something that is not in order."""
        self.findings.append(finding[:500])
        if state == State.DOWN or self.state == State.OK:
            self.state = state


def check(key: str, now: datetime | None = None) -> ConnectionCheck:
    """Look at a connection and keep what was found; raises Connection.DoesNotExist."""
    now = now or timezone.now()
    row = Connection.objects.get(key=key)
    look, reached, found = Look(), reaching.Reached(), publishing.Published()
    try:
        spec, declared = registry.spec(row), policy.parse(key, row.settings)
        if not row.enabled:
            look.worse(State.DOWN, "the connection is switched off")
        else:
            reached = _reach(spec, declared, look, now)
            _certificates(spec, declared, look, now)
            _let_in(key, declared, look, reached)
            found = _contract(spec, declared, look, reached)
    except Misconfigured as error:
        look.worse(State.DOWN, error.message)
    return _kept(key, look, reached, found, now)


def _reach(spec: ConnectionSpec, declared: HealthPolicy, look: Look, now: datetime) -> reaching.Reached:
    reached = reaching.reach(spec)
    if reached.is_reachable is False:
        look.worse(State.DOWN, reached.problem)
    if reached.expires_at is not None:
        _ending("the certificate", reached.expires_at, declared, look, now)
    return reached


def _certificates(spec: ConnectionSpec, declared: HealthPolicy, look: Look, now: datetime) -> None:
    """Those that the connection keeps: without them it is not believed, or does not believe its agency."""
    for name, end in certificates.ends(spec.credentials):
        if end is None:
            look.worse(State.DOWN, f"the credential {name} cannot be read")
        else:
            _ending(f"the credential {name}", end, declared, look, now)


def _ending(what: str, end: datetime, declared: HealthPolicy, look: Look, now: datetime) -> None:
    if end < now:
        look.worse(State.DOWN, f"{what} ended on {end:%Y-%m-%d}")
    elif end - now < timedelta(days=declared.certificate_days):
        look.worse(State.DEGRADED, f"{what} ends on {end:%Y-%m-%d}")


def _let_in(key: str, declared: HealthPolicy, look: Look, reached: reaching.Reached) -> None:
    """Try the credentials by an operation that changes nothing; a no is an answer too."""
    adapter = registry.adapter(key)
    if reached.is_reachable is False:
        return
    try:
        if declared.operation:
            exchange.perform(key, declared.operation, dict(declared.value), Context("", "", actor=ACTOR))
        elif isinstance(adapter, Probing):
            adapter.probe()
        else:
            return
    except Misconfigured as error:
        look.credentials = Credentials.REFUSED
        look.worse(State.DOWN, error.message)
    except Held as error:
        look.worse(State.DOWN, error.message)
    except NotUnderstood as error:
        look.credentials = Credentials.ACCEPTED
        look.worse(State.DEGRADED, f"the answer cannot be understood: {error.message}")
    except Unavailable as error:
        look.worse(State.DOWN, error.message)
    except AdapterError as error:
        look.worse(State.DEGRADED, error.message)
    else:
        look.credentials = Credentials.ACCEPTED


def _contract(
    spec: ConnectionSpec, declared: HealthPolicy, look: Look, reached: reaching.Reached
) -> publishing.Published:
    if reached.is_reachable is False:
        return publishing.Published()
    found = publishing.compare(spec, declared.published)
    if found.problem:
        look.worse(State.DEGRADED, found.problem)
    breaking = sum(change.breaking for change in found.changes)
    if breaking:
        look.worse(State.DEGRADED, f"the published contract differs in {breaking} place(s) that break ours")
    return found


def _kept(
    key: str, look: Look, reached: reaching.Reached, found: publishing.Published, now: datetime
) -> ConnectionCheck:
    last = ConnectionCheck.objects.filter(connection=key).order_by("-checked_at").first()
    ConnectionCheck.objects.filter(connection=key, checked_at__lt=now - KEPT).delete()
    return ConnectionCheck.objects.create(
        connection=key,
        checked_at=now,
        state=look.state,
        since=last.since if last is not None and last.state == look.state else now,
        is_reachable=reached.is_reachable,
        milliseconds=reached.milliseconds,
        credentials=look.credentials,
        certificate_expires_at=reached.expires_at,
        contract=found.state,
        contract_hash=found.digest,
        changes=[change.as_json() for change in found.changes],
        findings=look.findings,
    )
