"""An agency that is a contract and a script: the engine of simulators and sandbox agencies over HTTP."""

import threading
from abc import abstractmethod
from pathlib import Path

from lxml import etree

from adapters.contracts.markup import Validator
from adapters.simulator.agency import HttpAgency
from adapters.simulator.answering import Answered, Judge, Script, Service
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches


def published_judge(path: Path) -> Judge:
    """Messages judged by libxml2 with the schema as it is published, apart from our own reading of it."""
    return Validator(lambda: etree.XMLSchema(file=str(path))).check


class ContractAgency(HttpAgency):
    """A contract, read when first asked, and served; what the agency does is its script's business."""

    script: Script

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self._reading = threading.Lock()
        self._served: Service | None = None

    @abstractmethod
    def serve(self) -> Service:
        """Read the contract, ready to be served."""

    @property
    def served(self) -> Service:
        """The contract, served."""
        with self._reading:
            if self._served is None:
                self._served = self.serve()
            return self._served

    def published(self, request: Request) -> Response | None:
        return self.served.document(request, self.url)

    def beside(self, request: Request) -> Response | None:
        """The answer to what is no call of the contract (a token, a wrong password); None for all else."""
        return None

    def answer(self, request: Request, switches: Switches) -> Response:
        """Open, write into the ledger, carry out."""
        response = self.beside(request)
        return response if response is not None else self.called(request, switches).response

    def called(self, request: Request, switches: Switches) -> Answered:
        """What became of one call."""
        opened = self.served.open(request, self.script)
        if isinstance(opened, Answered):
            self.store.receive(opened.operation or "unreadable", "", request.body)
            return opened
        self.store.receive(opened.operation, opened.key, request.body)
        return self.served.carry_out(opened.under(switches), self.script)
