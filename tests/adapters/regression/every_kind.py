"""What the tests of regression tests share: calls, generated tests run, originals looked for."""

import base64
import re
import runpy
import uuid
from pathlib import Path
from typing import Any

from adapters import exchange
from adapters.models import Exchange
from adapters.ports import Context, Pending, Result
from adapters.simulator.server import Listener, Request, Response
from tests.adapters.connections import CHANGE, MARIA, PERSON
from tests.sandbox.waiting import eventually

ESTATE: dict[str, Any] = {"person": PERSON, "matter": "estate"}
MOVE: dict[str, Any] = {**CHANGE, "direction": "in", "movers": []}
CANARY = "Zyxwquark"
PERSONAL = (
    *(MARIA, MARIA.replace("T", ""), "19850312", "1985-03-12", "Lindqvist", "Okafor", "Maria"),
    *("Orchard", "Harbour Street", "52330", CANARY),
)


class Letters:
    """A portal that keeps what is posted to it, and says that it has taken it."""

    def __init__(self) -> None:
        self.came: list[Request] = []
        self.listener = Listener("portal", self._take, 0)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.listener.port}"

    def _take(self, request: Request) -> Response:
        self.came.append(request)
        return Response(202)


def call(key: str, operation: str, value: dict[str, Any]) -> Exchange:
    """One call, as its row in the log."""
    exchange.perform(key, operation, value, Context("correlation", uuid.uuid4().hex, "MOV-2026-1"))
    return Exchange.objects.filter(connection=key, direction="out").recent()[0]


def answered(key: str, operation: str, reference: str) -> Exchange:
    """The question whose answer is final."""

    def asked() -> Result | None:
        result = exchange.check(key, operation, reference, Context("correlation", uuid.uuid4().hex))
        return None if isinstance(result, Pending) else result

    eventually(asked)
    return Exchange.objects.filter(connection=key, operation=f"{operation}.check").recent()[0]


def run_test(path: Path) -> None:
    """Call the one test of a generated file."""
    (function,) = (one for name, one in runpy.run_path(str(path)).items() if name.startswith("test_"))
    function()


def named(data: Path) -> list[str]:
    """What of the original is in a test's data, also inside of base64."""
    text = data.read_text(encoding="utf-8")
    inside = [
        base64.b64decode(one).decode("latin-1") for one in re.findall(r"(?:[A-Za-z0-9+/]{4}){10,}", text)
    ]
    whole = "\n".join([text, *inside]).casefold()
    return [one for one in PERSONAL if one.casefold() in whole]
