"""A recorded exchange made again: the connection's adapter talks to a server that gives the recorded answer.

Contract and mapping are those of today; what proves who we are (signatures, tokens, passwords) is left out,
since an answer with replaced data could not be signed. What changes by itself from call to call, moments and
random identifiers, is written ``@now`` and ``@id``.
"""

import json
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters import registry
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.contracts import openapi
from adapters.errors import AdapterError, Misconfigured
from adapters.exchange_log import ERROR_STATES, RESULT_STATES
from adapters.ports import Accepted, Context, Pending, Rejected, Request, Result, Retry
from adapters.samples.source import RestSource
from adapters.simulator import generated, server
from adapters.simulator.answering import Answered, Script
from adapters.simulator.pins import Pins
from adapters.simulator.rest import RestService

KINDS = ("soap", "rest", "xmlhttp")  # those that are one request and one answer over HTTP
_PROOFS = ("security", "authentication", "addressing", "mtom")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out: method and address without the host, and the body as text."""

    line: str
    body: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a test keeps. ``answer`` is the state, and the value or the reason."""

    connection: str
    operation: str
    value: dict[str, Any]
    reference: str  # of a check, else ""
    status: int
    media_type: str
    received: str
    sent: list[Sent] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the file beside the test."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def load(path: Path) -> Recorded:
    """A recording from its file."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(**{**table, "sent": [Sent(**one) for one in table["sent"]]})


def replay(recorded: Recorded, folder: Path = FOLDER) -> Recorded:
    """The same with what today's contract and mapping send, and understand; raises Misconfigured."""
    seen: list[Sent] = []
    asides = _Asides(recorded, folder)

    def site(request: server.Request) -> server.Response:
        query = "&".join(f"{name}={one}" for name, values in request.query.items() for one in values)
        line = f"{request.method} {request.path}{'?' if query else ''}{query}"
        seen.append(Sent(settled(line), settled(request.body.decode("utf-8", "replace"))))
        asked_first = asides.answer(request)
        if asked_first is not None:
            return asked_first
        received = recorded.received.encode()
        return server.Response(recorded.status, received, recorded.media_type, asides.promised)

    listener = server.Listener("recorded", site)
    listener.open()
    try:
        adapter = registry.build(_spec(recorded.connection, f"http://127.0.0.1:{listener.port}", folder))
        answer = _answer(adapter, recorded)
    finally:
        listener.close()
    return replace(recorded, sent=seen, answer=answer)


def _spec(key: str, url: str, folder: Path) -> ConnectionSpec:
    settings = read_toml(key, folder / key / "connection.toml")
    if settings.get("kind") not in KINDS:
        raise Misconfigured(key, f"exchanges of the kind {settings.get('kind')!r} cannot be made again")
    bare = {name: one for name, one in settings.items() if name not in _PROOFS}
    return ConnectionSpec(
        key, settings["name"], settings["kind"], url, {**bare, "allow_private": True}, {}, folder / key
    )


class _Asides:
    """What an OpenAPI contract adds: answers to what is asked before the call itself, and promised headers.

    The exchange log keeps the last answer of an exchange, and no headers. What an adapter looks up first (the
    present state, before a change) is answered by the simulator of the contract.
    """

    def __init__(self, recorded: Recorded, folder: Path) -> None:
        spec = _spec(recorded.connection, "", folder)
        self.promised: dict[str, str] = {}
        self._service: RestService | None = None
        self._script: Script
        self._call = ""
        if spec.kind == "rest":
            operations = openapi.read(spec.contract, spec.access())
            table = spec.mapping()["operations"].get(recorded.operation, {})
            self._call = str((table.get("check", {}) if recorded.reference else table).get("call", ""))
            source = RestSource(operations)
            self._service, self._script = RestService(source), generated.script(source, Pins([]), 0)
            answers = [answer for one in operations.values() for answer in one.answers.values()]
            names = {name for answer in answers for name in answer.required_headers}
            self.promised = dict.fromkeys(names, "/recorded/1")

    def answer(self, request: server.Request) -> server.Response | None:
        """The simulator's answer to another operation than the one recorded, else None."""
        if self._service is None or not self._call:
            return None
        opened = self._service.open(request, self._script)
        if isinstance(opened, Answered) or opened.operation == self._call:
            return None
        return self._service.carry_out(opened, self._script).response


def _answer(adapter: Any, recorded: Recorded) -> dict[str, Any]:
    context = Context("recorded", "recorded", case="recorded")
    request = Request(recorded.operation, recorded.value, context)
    try:
        is_check, reference = bool(recorded.reference), recorded.reference
        reply = adapter.check(request, reference) if is_check else adapter.send(request)
    except Misconfigured:
        raise
    except AdapterError as error:
        return {"state": str(ERROR_STATES[type(error)]), "reason": error.message}
    return _result(reply.result)


def _result(result: Result) -> dict[str, Any]:
    state: dict[str, Any] = {"state": str(RESULT_STATES[type(result)])}
    if isinstance(result, Accepted | Pending):
        return state | {"value": result.value, "reference": result.reference}
    if isinstance(result, Rejected):
        told = {"code": result.code, "reason": result.reason, "field": result.field, "value": result.value}
        return state | told
    if isinstance(result, Retry):
        return state | {"reason": result.reason}
    return state


def settled(text: str) -> str:
    """Moments of this very day and random identifiers by a word, so that two runs compare."""
    now = datetime.now(UTC)

    def moment(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0].replace("Z", "+00:00"))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return "@now" if abs(at - now) < timedelta(days=1) else found[0]

    return _ID.sub("@id", _MOMENT.sub(moment, text))
