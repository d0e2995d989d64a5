"""X-Road behind the port: the SOAP or the REST adapter, its door exchanged for one to a security server."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured
from adapters.kinds.xroad import identifiers
from adapters.kinds.xroad.door import calling
from adapters.kinds.xroad.rest import RestDoor
from adapters.kinds.xroad.soap import SoapDoor
from adapters.ports import Reply, Request


class XRoadAdapter:
    """One service of one member. Safe to call from several threads at once."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        table = spec.option("xroad")
        protocol = table.get("protocol", "rest")
        if protocol not in ("soap", "rest"):
            raise Misconfigured(spec.key, f"[xroad] protocol is soap or rest, not {protocol!r}")
        door = _soap_door(spec) if protocol == "soap" else _rest_door(spec)
        door.user, door.issue = table.get("user", ""), table.get("issue", "")
        door.represented = table.get("represented_party", "")
        self.inner: Any = registry.build(replace(spec, kind=protocol, door=door))

    def send(self, request: Request) -> Reply:
        """Carry out an operation; raises a child of AdapterError."""
        return self._within(request, lambda: self.inner.send(request))

    def check(self, request: Request, reference: str) -> Reply:
        """Ask what became of ``reference``; raises a child of AdapterError."""
        return self._within(request, lambda: self.inner.check(request, reference))

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation."""
        found: dict[str, list[str]] = self.inner.unmapped()
        return found

    def _within(self, request: Request, call: Callable[[], Reply]) -> Reply:
        before = calling.set(request.context)
        try:
            return call()
        finally:
            calling.reset(before)


def _soap_door(spec: ConnectionSpec) -> SoapDoor:
    door = SoapDoor.of(spec)
    door.spec, door.client = spec, identifiers.client(spec)
    identifiers.service(spec)  # say now what is wrong with it
    return door


def _rest_door(spec: ConnectionSpec) -> RestDoor:
    door = RestDoor.of(spec)
    door.client, door.service = identifiers.client(spec), identifiers.service(spec)
    return door


def build(spec: ConnectionSpec) -> XRoadAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return XRoadAdapter(spec)
