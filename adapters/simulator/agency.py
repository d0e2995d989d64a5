"""What all agencies share: a store, a panel of switches, and a door that opens and closes."""

import ssl
import threading
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from adapters.simulator.damage import damaged
from adapters.simulator.server import Listener, Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.store import Store
from adapters.simulator.switches import Panel, SwitchError, Switches


class Agency(ABC):
    """One running agency. ``start`` raises PortTaken."""

    key: ClassVar[str]
    name: ClassVar[str]
    protocol: ClassVar[str]
    switchable: ClassVar[frozenset[str]]  # the switches that mean something here
    actions: ClassVar[dict[str, str]] = {}  # what it can be made to do by itself, and what its button says

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self.settings = settings
        self.panel = Panel()
        folder = settings.data_dir
        self.store = Store(folder / f"{self.key}.sqlite3" if folder else None)
        self._door = threading.Lock()
        self._port = port

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it answers: scheme, host and port."""

    @abstractmethod
    def open(self) -> None:
        """Accept connections; does nothing when it does so already."""

    @abstractmethod
    def close(self) -> None:
        """Refuse connections and end the open ones."""

    def start(self) -> None:
        """Begin to work."""
        self.open()

    def stop(self) -> None:
        """End work and forget nothing."""
        with self._door:
            self.close()
        self.store.close()

    def switch(self, **wanted: Any) -> Switches:
        """Set switches by name; raises SwitchError, or PortTaken when it cannot come back up."""
        for name, value in wanted.items():
            if value and name not in self.switchable:
                raise SwitchError(
                    f"{self.key} has no switch {name!r}; it has {', '.join(sorted(self.switchable))}"
                )
        switches = self.panel.set(wanted)
        self._follow(switches)
        return switches

    def reset(self) -> Switches:
        """All switches off."""
        switches = self.panel.reset()
        self._follow(switches)
        return switches

    def act(self, action: str) -> None:
        """Do one of ``actions``; raises SwitchError for another."""
        raise SwitchError(f"{self.key} does nothing by itself")

    def _follow(self, switches: Switches) -> None:
        with self._door:
            if switches.down:
                self.close()
            else:
                self.open()


class HttpAgency(Agency):
    """An agency that answers over HTTP."""

    switchable = frozenset(
        {
            *("down", "latency_ms", "http_500", "no_reply", "next_only"),
            *("malformed", "wrong_contract", "wrong_encoding", "reject"),
        }
    )

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self._listener = Listener(self.key, self._serve, port)
        self._ending = threading.Event()

    @property
    def url(self) -> str:
        scheme = "http" if self._listener.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._listener.port}"

    def secure(self, tls: ssl.SSLContext) -> None:
        """Speak TLS, before it is opened."""
        self._listener.tls = tls

    def open(self) -> None:
        self._listener.open()

    def close(self) -> None:
        self._listener.close()

    def stop(self) -> None:
        self._ending.set()
        super().stop()

    @abstractmethod
    def answer(self, request: Request, switches: Switches) -> Response:
        """Carry out one request as an agency in good health, but for ``reject`` and ``late_seconds``."""

    def published(self, request: Request) -> Response | None:
        """The contract, or a file of it, where a GET asks for it; None for all else."""
        return None

    def is_spared(self, request: Request) -> bool:
        """Whether the switches leave this request alone, and do not count it."""
        return False

    def weather(self, switches: Switches) -> Switches:
        """What goes wrong with one message, besides what is switched."""
        return switches

    def _serve(self, request: Request) -> Response:
        if self.is_spared(request):
            return self.answer(request, Switches())
        contract = self.published(request) if request.method == "GET" else None
        if contract is not None:
            return contract
        switches = self.weather(self.panel.take())
        if self._ending.wait(switches.latency_ms / 1000):
            return Response(hang_up=True)
        if switches.http_500:
            return Response(500, b"The service is out of order.\n", "text/plain; charset=utf-8")
        return damaged(self.answer(request, switches), switches)
