"""A stand-in for the portal's API: gives a token to the register's client and keeps what it is told."""

import json
import threading
from typing import Any
from urllib.parse import parse_qs

from adapters.simulator.server import Listener, Request, Response
from tests.sandbox.waiting import eventually


class Portal:
    """Answers on a free port; ``failures`` says how many statuses it turns away with 503 first."""

    def __init__(self) -> None:
        self.failures = 0
        self.token_requests: list[tuple[str, dict[str, list[str]]]] = []
        self.statuses: list[dict[str, Any]] = []
        self.notices: list[Request] = []
        self._lock = threading.Lock()
        self._listener = Listener("portal", self._answer)
        self._listener.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def callback(self) -> str:
        return f"{self.url}/api/v1/agencies/npr/status"

    def close(self) -> None:
        self._listener.close()

    def open(self) -> None:
        self._listener.open()

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The statuses, once there are so many."""
        eventually(lambda: len(self.statuses) >= count)
        return self.statuses

    def _answer(self, request: Request) -> Response:
        with self._lock:
            if request.path == "/oauth/token":
                self.token_requests.append((request.header("Authorization"), parse_qs(request.body.decode())))
                return _json(200, {"access_token": "the-token", "token_type": "Bearer"})
            if request.path.endswith("/notice"):
                self.notices.append(request)
                return _json(202, {"outcome": "asking"})
            if request.header("Authorization") != "Bearer the-token":
                return _json(403, {})
            if self.failures > 0:
                self.failures -= 1
                return _json(503, {})
            self.statuses.append(json.loads(request.body))
            outcome = "recorded" if len(self.statuses) == 1 else "duplicate"
            return _json(202, {"outcome": outcome})


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, json.dumps(value).encode(), "application/json")
