"""Eastholm's errand system: REST for callers that show the right client certificate (mutual TLS)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox import world
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.contracted import ContractAgency
from adapters.simulator.problems import objection, problem
from adapters.simulator.published_json import PublishedJudge
from adapters.simulator.rest import RestService
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.store import Store
from adapters.simulator.tls import server_context

CONTRACT = Path(__file__).parent.parent / "connections" / "eastholm" / "eastholm.openapi.json"
CALLER = f"{CLIENT_NAME}-eastholm"  # the one client that may open errands, by the name on its certificate
JSON = dict[str, Any]


class Eastholm(ContractAgency):
    """EAS. An Idempotency-Key that was taken before gets the errand that it got then."""

    key = "eastholm"
    name = "Municipality of Eastholm"
    protocol = "REST with mutual TLS"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.secure(server_context(self.key, settings.data_dir, clients=True))
        self.judge = PublishedJudge(CONTRACT)
        self.script = Errands(self.store, self.judge)

    def serve(self) -> RestService:
        return RestService(source.read_rest(CONTRACT), judge=self.judge)

    def beside(self, request: Request) -> Response | None:
        if request.client == CALLER or not request.path.startswith("/errands"):
            return None
        refusal = problem(403, f"The certificate of {request.client!r} may not open errands.")
        return Response(403, json.dumps(refusal.content).encode(), "application/problem+json")


class Errands:
    """What the municipality does."""

    def __init__(self, store: Store, judge: PublishedJudge) -> None:
        self._store = store
        self._judge = judge

    def key(self, call: Call) -> str:
        """The header Idempotency-Key."""
        return call.request.header("Idempotency-Key")

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """What of a request is wrong, and where."""
        return objection(self._judge, call, violation)

    def answer(self, call: Call) -> Answer:
        """Open an errand, or show one."""
        return self._open(call) if call.operation == "openErrand" else self._read(call)

    def _read(self, call: Call) -> Answer:
        errand = self._store.get("errand", str(call.known["errandNumber"]))
        if errand is None:
            raise problem(404, "There is no such errand.")
        return Answer(errand)

    def _open(self, call: Call) -> Answer:
        with self._store.transaction():
            known = self._store.get("key", call.key)
            if known is None:
                if call.switches.reject:
                    raise problem(422, "No errands are opened at present.")
                if call.content["person"] not in world.people():
                    nobody = {"pointer": "/person", "detail": "nobody has this number"}
                    raise problem(422, "Not found.", [nobody])
                known = self._opened(call.key, call.content)
        errand = self._store.get("errand", known["number"]) or {}
        return Answer(errand, status=201, headers={"Location": f"/errands/{known['number']}"})

    def _opened(self, key: str, asked: JSON) -> JSON:
        now = datetime.now(UTC)
        number = f"EH-{now:%Y}-{self._store.next_number('errand'):05d}"
        errand = {"errandNumber": number, "state": "open", "openedAt": now.isoformat(timespec="seconds")}
        told = {"person": asked["person"], "kind": asked["kind"], "number": number}
        self._store.effect("openErrand", key, told)
        self._store.put("errand", number, errand)
        self._store.put("key", key, {"number": number})
        return {"number": number}
