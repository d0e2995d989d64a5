"""The Person Register of Borealia, a neighbouring country, as Aurelia reads it: by X-Road, over REST."""

from pathlib import Path
from typing import Any

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.contracted import ContractAgency
from adapters.simulator.problems import objection, problem
from adapters.simulator.published_json import PublishedJudge
from adapters.simulator.rest import RestService
from adapters.simulator.security_server import SecurityServer
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches

CONTRACT = Path(__file__).parent.parent / "connections" / "borealia" / "borealia.openapi.json"
CLIENT, SERVICE = "AU/GOV/10000001/onestop", "BO/GOV/70000002/rr/persons"
PEOPLE: dict[str, dict[str, Any]] = {
    "BO-60001011T": {"givenNames": "Astrid Ilse", "surname": "Nordahl", "residesHere": True},
    "BO-58112422T": {"givenNames": "Petri", "surname": "Saarela", "residesHere": True},
    "BO-71030933T": {"givenNames": "Maria", "surname": "Lind", "residesHere": False},
}


class BorealiaRegister(ContractAgency):
    """BOR. It is only read, by the one client that the security server knows."""

    key = "borealia"
    name = "Person Register of Borealia"
    protocol = "X-Road, REST"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.judge = PublishedJudge(CONTRACT)
        self.script = Persons(self.judge)

    def serve(self) -> RestService:
        return RestService(source.read_rest(CONTRACT), judge=self.judge)

    def answer(self, request: Request, switches: Switches) -> Response:
        services = {SERVICE: lambda inner: super(BorealiaRegister, self).answer(inner, switches)}
        return SecurityServer(frozenset({CLIENT}), services).answer(request)


class Persons:
    """What the register knows."""

    def __init__(self, judge: PublishedJudge) -> None:
        self._judge = judge

    def key(self, call: Call) -> str:
        """The message's identifier."""
        return call.request.header("X-Road-Id")

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """What of a request is wrong."""
        return objection(self._judge, call, violation)

    def answer(self, call: Call) -> Answer:
        """A person by number."""
        code = str(call.known["personCode"])
        if code not in PEOPLE or call.switches.reject:
            raise problem(404, "Nobody has this number.")
        return Answer({"personCode": code, **PEOPLE[code]})
