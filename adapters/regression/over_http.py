"""A recorded exchange over HTTP made again: the adapter talks to a server that gives the recorded answer."""

import re
from dataclasses import replace

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import openapi
from adapters.regression import proofs, wire
from adapters.regression.recorded import RELATED, Recorded, Sent, answer_of, settled
from adapters.samples.rest import promised_headers
from adapters.samples.source import RestSource
from adapters.simulator import generated, security_server, server
from adapters.simulator.answering import Answered, Script
from adapters.simulator.pins import Pins
from adapters.simulator.rest import RestService

_MESSAGE_ID = re.compile(rb"MessageID[^>]*>\s*([^<\s]+)")


def replay(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with what today's contract and mapping send, and understand; raises Misconfigured."""
    seen: list[Sent] = []
    asides, seal = _Asides(recorded, spec), proofs.seal_of(spec)

    def site(request: server.Request) -> server.Response:
        asked_first = asides.answer(request)
        if asked_first is not None:
            return asked_first
        named = _MESSAGE_ID.search(request.body)
        received = recorded.received.encode().replace(RELATED.encode(), named[1] if named else b"")
        signed = seal(received) if seal is not None and received else received
        return server.Response(recorded.status, signed, recorded.media_type, asides.promised)

    is_behind = spec.kind == "xroad"
    answering = security_server.front(spec.option("xroad"))(site) if is_behind else site

    def watched(request: server.Request) -> server.Response:
        seen.append(_seen(request))
        return answering(request)

    listener = server.Listener("recorded", watched)
    listener.open()
    try:
        adapter = registry.build(replace(spec, base_url=f"http://127.0.0.1:{listener.port}"))
        answer = answer_of(adapter, recorded)
    finally:
        listener.close()
    return replace(recorded, sent=[_portless(one, listener.port) for one in seen], answer=answer)


def _seen(request: server.Request) -> Sent:
    query = "&".join(f"{name}={one}" for name, values in request.query.items() for one in values)
    line = f"{request.method} {request.path}{'?' if query else ''}{query}"
    body = wire.shown(request.body, request.header("Content-Type"))
    return Sent(settled(line), body, wire.said(dict(request.headers.items())))


def _portless(sent: Sent, port: int) -> Sent:
    """Without the port of this run, which addresses in messages carry."""
    return replace(sent, body=sent.body.replace(f"127.0.0.1:{port}", "127.0.0.1"))


class _Asides:
    """What an OpenAPI contract adds: answers to what is asked before the call itself, and promised headers.

    The exchange log keeps the last answer of an exchange, and no headers. What an adapter looks up first (the
    present state, before a change) is answered by the simulator of the contract.
    """

    def __init__(self, recorded: Recorded, spec: ConnectionSpec) -> None:
        self.promised: dict[str, str] = {}
        self._service: RestService | None = None
        self._script: Script
        self._call = ""
        if spec.kind == "rest" or spec.option("xroad", {}).get("protocol", "") == "rest":
            operations = openapi.read(spec.contract, spec.access())
            table = spec.mapping()["operations"].get(recorded.operation, {})
            self._call = str((table.get("check", {}) if recorded.reference else table).get("call", ""))
            source = RestSource(operations)
            self._service, self._script = RestService(source), generated.script(source, Pins([]), 0)
            answers = [answer for one in operations.values() for answer in one.answers.values()]
            found = [promised_headers(answer, 0) for answer in answers]
            self.promised = {name: text for headers in found for name, text in headers.items()}

    def answer(self, request: server.Request) -> server.Response | None:
        """The simulator's answer to another operation than the one recorded, else None."""
        if self._service is None or not self._call:
            return None
        opened = self._service.open(request, self._script)
        if isinstance(opened, Answered) or opened.operation == self._call:
            return None
        return self._service.carry_out(opened, self._script).response
