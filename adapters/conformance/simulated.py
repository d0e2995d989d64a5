"""The bench of a connection that has nothing but its contract: a simulator made from it, on loopback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from adapters import registry
from adapters.conformance.bench import Bench
from adapters.conformance.checks import texts
from adapters.conformance.proving import Proofs, ProvingAgency
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.media.content import Content
from adapters.contracts.media.simple_forms import OctetsForm, TextForm
from adapters.mapping.plan import Plan
from adapters.onboarding.sampling import Connection, differences
from adapters.ports import JSON, Result
from adapters.samples import rest as messages
from adapters.samples.source import RestSource, SoapSource, XmlSource
from adapters.simulator import generated
from adapters.simulator.agency import Agency
from adapters.simulator.building import service_of
from adapters.simulator.pins import Pinned, Pins
from adapters.simulator.promises import answering
from adapters.simulator.settings import Settings

LONG = "x" * 5000
_NOTHING_SENT = ("required fields are mapped", "round trip")
_CLOSED = (*_NOTHING_SENT, "contract violation found before sending", "closed door")
_EDGE = ("tls", "oauth")
_CREDENTIALS = {401, 403}  # statuses that speak of us, not of the matter
_WEATHER = {408, 412, 425, 429}  # … and of the moment


@dataclass(slots=True)
class SimulatedBench(Bench):
    """A simulator of the contract, which demands the proofs that the connection declares."""

    connection: Connection = field(kw_only=True)
    agency: ProvingAgency

    @property
    def knows_what_breaks(self) -> bool:
        """False for records, which may be cut."""
        return self.connection.knows_what_breaks

    def refusals(self, operation: str) -> Iterator[tuple[str, Callable[[], Result]]]:
        """Each declared fault of a SOAP operation, each status from 400 of a REST one, an XML fault."""
        plan = self.connection.plans[operation]
        for label, pinned in self._denials(plan):
            yield label, lambda pinned=pinned: self._pinned(plan, operation, pinned)  # type: ignore[misc]

    def broken(self, operation: str) -> Iterator[tuple[str, JSON]]:
        """The value with one member too long, of forbidden letters, or left out, where that breaks it."""
        plan = self.connection.plans[operation]
        for path in texts(self.values[operation]):
            for wrong in (LONG, "\x01", None):
                value = _with(self.values[operation], path, wrong)
                if not self.connection.knows_what_breaks or self.connection.breaks(plan, value):
                    yield path, value

    def is_answered(self, operation: str) -> bool:
        """False for one-way operations and for answers without content."""
        source, plan = self.connection.source, self.connection.plans[operation]
        if isinstance(source, RestSource):
            return self._answer(source, operation) is not None
        return not isinstance(source, SoapSource) or bool(source.wsdl.operations[plan.call].reply)

    def undamageable(self, operation: str, switch: str) -> str:
        """Octets, and a text of any words, are right whatever they are."""
        source = self.connection.source
        content = self._answer(source, operation) if isinstance(source, RestSource) else None
        if content is None or switch == "wrong_contract":
            return ""
        if isinstance(content.form, TextForm):
            return "a text that is cut is a text" if switch == "malformed" else ""
        return "octets are taken as they are" if isinstance(content.form, OctetsForm) else ""

    def _answer(self, source: RestSource, operation: str) -> Content | None:
        """The body of a good answer."""
        called = source.operations[self.connection.plans[operation].call]
        status = next(iter(messages.statuses(called, 2)), 0)
        answer = called.answer(status) if status not in {0, 204, 205} else None
        return None if answer is None else answer.content

    def whole(self, operation: str) -> Result | None:
        """The result of an answer with everything in it that the contract allows."""
        return self._pinned(self.connection.plans[operation], operation, Pinned(full=True))

    def changed(self, operation: str) -> list[str] | None:
        """What the way to the agency's words and back changes."""
        value = self.values[operation]
        after = self.connection.again(self.connection.plans[operation], value) if value else None
        return None if after is None else list(differences(value, after))

    def unproved(self, operation: str) -> Result | None:
        """The result of an answer that the agency did not sign."""
        security = self.agency.proofs.message_security
        if security is None or not self.agency.proofs.signs:
            return None
        security.is_forgetful = True
        try:
            return self.send(operation).result
        finally:
            security.is_forgetful = False

    def proofs(self) -> tuple[str, str]:
        """What the connection declares, and what the agency found wrong with the last message."""
        return self.agency.proofs.told, self.agency.why_not

    def _denials(self, plan: Plan) -> Iterator[tuple[str, Pinned]]:
        source = self.connection.source
        if isinstance(source, SoapSource):
            contract = source.wsdl.operations[plan.call]
            for fault in contract.faults:
                name = fault.rpartition("}")[2]
                yield name, Pinned(fault=name)
        elif isinstance(source, RestSource):
            for status in messages.statuses(source.operations[plan.call], 4):
                if status not in _CREDENTIALS | _WEATHER:
                    yield str(status), Pinned(status=status)
        elif isinstance(source, XmlSource) and "element" in self.connection.book.fault:
            name = str(self.connection.book.fault["element"])
            yield name, Pinned(element=name)

    def _pinned(self, plan: Plan, operation: str, pinned: Pinned) -> Result:
        """The result while the agency answers so."""
        usual = self.agency.script
        element = pinned.element or str(plan.options.get("answer", ""))
        only = replace(pinned, operation=plan.call, element=element)
        self.agency.script = generated.script(self.connection.contract(), Pins([only]), 0)
        try:
            return self.send(operation).result
        finally:
            self.agency.script = usual


@contextmanager
def simulated(spec: ConnectionSpec) -> Iterator[SimulatedBench]:
    """The bench of a connection; raises Misconfigured, ContractUnreadable, NotSimulated."""
    connection = Connection(spec)
    proofs = Proofs.of(spec, connection)
    served = service_of(
        connection.contract(), proofs.message_security, mtom=bool(spec.settings.get("mtom", False))
    )
    script = generated.script(connection.contract(), Pins([]), 0)
    script.elements = answering(connection.plans)
    agency = ProvingAgency(served, script, proofs, title=spec.name)
    agency.start()
    try:
        address = f"{agency.url.rstrip('/')}{urlsplit(spec.base_url).path.rstrip('/')}"
        settings = {name: value for name, value in spec.settings.items() if name not in _EDGE}
        here = replace(
            spec,
            base_url=address,
            settings={**settings, "allow_private": True},
            credentials={**spec.credentials, **proofs.credentials},
        )
        yield SimulatedBench(here, registry.build(here), agency, _usable(connection), connection=connection)
    finally:
        agency.stop()


def _usable(connection: Connection) -> dict[str, JSON]:
    values = connection.values()
    return {name: value for name, value in values.items() if connection.is_sendable(name, value)}


class NobodyThere(Agency):
    """An agency that does not answer: what needs none is checked all the same."""

    key = "nobody"
    name = "Nobody"
    protocol = "none"
    switchable = frozenset({"down"})

    @property
    def url(self) -> str:
        """A port of loopback on which nothing listens: that of discard (RFC 863)."""
        return "sftp://127.0.0.1:9"

    def open(self) -> None:
        """Stay closed."""

    def close(self) -> None:
        """Stay closed."""


def without_agency(spec: ConnectionSpec) -> tuple[str, ...]:
    """The checks that need no agency; records that wait for their batch would wait for ever."""
    return _NOTHING_SENT if spec.settings.get("batch") else _CLOSED


@contextmanager
def closed(spec: ConnectionSpec) -> Iterator[SimulatedBench]:
    """The bench of a contract that no simulator serves, for the checks of :func:`without_agency` alone.

    Raises Misconfigured, ContractUnreadable.
    """
    connection = Connection(spec)
    agency: Any = NobodyThere(Settings())
    here = replace(
        spec,
        base_url=agency.url,
        settings={**spec.settings, "allow_private": True},
        credentials={**spec.credentials, **Proofs.of(spec, connection).credentials},
    )
    try:
        yield SimulatedBench(here, registry.build(here), agency, _usable(connection), connection=connection)
    finally:
        agency.stop()


def _with(value: JSON, path: str, wrong: str | None) -> JSON:
    changed = deepcopy(value)
    *parents, last = path.split(".")
    here = changed
    for name in parents:
        here = here[name]
    if wrong is None:
        del here[last]
    else:
        here[last] = wrong
    return changed
