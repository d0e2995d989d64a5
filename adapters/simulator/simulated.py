"""A simulated agency among the sandbox's: the same door, switches and ledger, its answers from a contract."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from adapters.contracts.violation import Violation
from adapters.samples.text import NoExample
from adapters.simulator.agency import Agency
from adapters.simulator.answering import Answered, Service
from adapters.simulator.contracted import ContractAgency
from adapters.simulator.doorkeeper import Doorkeeper, NotAdmitted
from adapters.simulator.generated import Generated
from adapters.simulator.owed import Later, Owed
from adapters.simulator.promises import Promise
from adapters.simulator.server import Request, Response, Site
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches
from adapters.simulator.telling import Telling

Front = Callable[[Site], Site]
FAILURES = ("http_500", "no_reply", "malformed", "wrong_contract", "reject")


class NotSimulated(Exception):
    """This kind of contract is not served. Final."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Seconds after the start, how long, and how often again (0: once)."""

    after: float
    lasts: float
    every: float = 0

    @classmethod
    def parse(cls, text: str) -> "Outage":
        """``AFTER:LASTS`` or ``AFTER:LASTS:EVERY``, in seconds; raises ValueError."""
        parts = [float(part) for part in text.split(":")]
        if len(parts) not in {2, 3} or min(parts) < 0 or (len(parts) == 3 and parts[2] <= parts[1]):
            raise ValueError(
                "an outage is AFTER:LASTS or AFTER:LASTS:EVERY in seconds, EVERY longer than LASTS"
            )
        return cls(*parts)

    def moments(self) -> tuple[float, float, float]:
        """Until it begins, how long it lasts, and from its end until it begins again."""
        return self.after, self.lasts, max(self.every - self.lasts, 0)


class SimulatedAgency(ContractAgency):
    """One contract on a loopback port."""

    key: ClassVar[str] = "simulated"
    name: ClassVar[str] = "Simulated agency"
    protocol: ClassVar[str] = "HTTP"
    script: Generated

    def __init__(
        self,
        served: Service,
        script: Generated,
        settings: Settings | None = None,
        *,
        key: str = "simulated",
        title: str = "Simulated agency",
        port: int = 0,
        fail_percent: float = 0,
        seed: int = 0,
        say: Callable[[str], None] = lambda line: None,
        keeper: Doorkeeper | None = None,
    ) -> None:
        self.key = key  # type: ignore[misc]  # each simulated agency has a key, a name and a protocol of its own
        super().__init__(settings or Settings(), port)
        self._served: Service = served
        self.script = script
        self.name = title  # type: ignore[misc]
        self.protocol = served.protocol  # type: ignore[misc]
        self.fail_percent = fail_percent
        self.say = say
        self.keeper = keeper or Doorkeeper("none", {})
        self._chance = random.Random(seed)  # noqa: S311 - a die, not a secret
        self._rolling = threading.Lock()
        self._telling: Telling | None = None
        self._front: Front = lambda site: site

    def owe(self, promises: Mapping[str, Promise], by: str, later: Later) -> None:
        """Answer later what is promised, and tell the portal ``by`` the way of the connection."""
        self.script.owed = Owed(promises, self.store, later, self.settings.pace.decide)
        self._telling = Telling(self.key, by, self.script, self.served, self.settings, self.say)
        self.switchable = self.switchable | {"late_seconds", "duplicate_callback"}  # type: ignore[misc]

    def start(self) -> None:
        super().start()
        if self._telling is not None:
            self._telling.start()

    def stop(self) -> None:
        if self._telling is not None:
            self._telling.stop()
        super().stop()

    def serve(self) -> Service:
        raise NotSimulated("the contract was read before")

    def is_spared(self, request: Request) -> bool:
        """The token endpoint is another system: it neither fails nor counts."""
        return self.keeper.is_for_token(request)

    def beside(self, request: Request) -> Response | None:
        """A token, or 401 for whom the doorkeeper does not believe."""
        if self.keeper.is_for_token(request):
            return self.keeper.token(request, self.url)
        try:
            self.keeper.insist(request)
        except NotAdmitted as refused:
            self.say(f"not admitted: {refused.reason}")
            return refused.response()
        return None

    def weather(self, switches: Switches) -> Switches:
        """The share of messages that fail does so in turn, in each way there is."""
        with self._rolling:
            if self._chance.random() * 100 >= self.fail_percent:
                return switches
            way = self._chance.choice(FAILURES)
        self.say(f"failing on purpose: {way}")
        return replace(switches, **{way: True})

    def stand_behind(self, front: Front) -> None:
        """Be reached through something else, which may answer by itself."""
        self._front = front

    def answer(self, request: Request, switches: Switches) -> Response:
        """Check, answer, and say so."""
        return self._front(lambda inner: self._answer(inner, switches))(request)

    def _answer(self, request: Request, switches: Switches) -> Response:
        started = time.monotonic()
        beside = self.beside(request)
        if beside is not None:
            self.say(f"{request.method} {request.path} -> {beside.status}")
            return beside
        try:
            answered = self.called(request, switches)
        except (NoExample, Violation, LookupError) as error:
            text = f"the simulator has no valid answer: {error}\n".encode()
            answered = Answered(Response(501, text, "text/plain; charset=utf-8"), "", text.decode().strip())
        self._ending.wait(answered.delay_ms / 1000)
        milliseconds = (time.monotonic() - started) * 1000
        note = f"  {answered.note}" if answered.note else ""
        line = f"{request.method} {request.path} {answered.operation or '?'}"
        self.say(f"{line} -> {answered.response.status} in {milliseconds:.0f} ms{note}")
        return answered.response


def keep_outages(agency: Agency, outage: Outage, ended: threading.Event, say: Callable[[str], None]) -> None:
    """Take an agency down and up again as told, until ``ended``."""
    wait, lasts, again = outage.moments()
    while not ended.wait(wait):
        say(f"outage: refusing connections for {lasts:g} s")
        agency.switch(down=True)
        if ended.wait(lasts):
            return
        agency.switch(down=False)
        say("outage over: answering again")
        if not outage.every:
            return
        wait = again
