"""Eastholm's errand system: REST for callers that show the right client certificate (mutual TLS)."""

import json
import re
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from adapters.sandbox import world
from adapters.sandbox.openapi import faults
from adapters.sandbox.tls import server_context
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Listener, Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches

CONTRACT = Path(__file__).parent.parent / "connections" / "eastholm" / "eastholm.openapi.json"
PATH = re.compile(r"/errands(/(?P<number>[^/]+))?")
CALLER = f"{CLIENT_NAME}-eastholm"  # the one client that may open errands, by the name on its certificate
JSON = dict[str, Any]


@cache
def contract() -> JSON:
    """The municipality's own OpenAPI document."""
    document: JSON = json.loads(CONTRACT.read_text(encoding="utf-8"))
    return document


class Eastholm(HttpAgency):
    """EAS. An Idempotency-Key that was taken before gets the errand that it got then."""

    key = "eastholm"
    name = "Municipality of Eastholm"
    protocol = "REST with mutual TLS"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        tls = server_context(self.key, settings.data_dir, clients=True)
        self._listener = Listener(self.key, self._serve, port, tls)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._listener.port}"

    def published(self, request: Request) -> Path | None:
        return CONTRACT if request.path == "/openapi.json" else None

    def answer(self, request: Request, switches: Switches) -> Response:
        match = PATH.fullmatch(request.path)
        if match is None:
            return _problem(404, "There is nothing at this address.")
        if request.client != CALLER:
            return _problem(403, f"The certificate of {request.client!r} may not open errands.")
        if match["number"] and request.method == "GET":
            return self._read(request, match["number"])
        if match["number"] or request.method != "POST":
            return _problem(405, "This address does not take that method.")
        return self._open(request, switches)

    def _read(self, request: Request, number: str) -> Response:
        self.store.receive("getErrand", "", request.body)
        errand = self.store.get("errand", number)
        return _problem(404, "There is no such errand.") if errand is None else _json(200, errand)

    def _open(self, request: Request, switches: Switches) -> Response:
        key = request.header("Idempotency-Key")
        self.store.receive("openErrand", key, request.body)
        if not 1 <= len(key) <= 128:
            return _problem(400, "The header Idempotency-Key is missing or too long.")
        with self.store.transaction():
            known = self.store.get("key", key)
            if known is None:
                problem = _objection(request, switches)
                if problem is not None:
                    return problem
                known = self._opened(key, json.loads(request.body))
        errand = self.store.get("errand", known["number"]) or {}
        return _json(201, errand, Location=f"/errands/{known['number']}")

    def _opened(self, key: str, asked: JSON) -> JSON:
        now = datetime.now(UTC)
        number = f"EH-{now:%Y}-{self.store.next_number('errand'):05d}"
        errand = {"errandNumber": number, "state": "open", "openedAt": now.isoformat(timespec="seconds")}
        told = {"person": asked["person"], "kind": asked["kind"], "number": number}
        self.store.effect("openErrand", key, told)
        self.store.put("errand", number, errand)
        self.store.put("key", key, {"number": number})
        return {"number": number}


def _objection(request: Request, switches: Switches) -> Response | None:
    """What stands against a new errand, None where nothing does."""
    try:
        asked = json.loads(request.body)
    except ValueError as error:
        return _problem(400, f"The body is not JSON: {error}")
    errors = faults(contract(), {"$ref": "#/components/schemas/NewErrand"}, asked)
    if errors:
        return _problem(422, "The errand does not follow the schema.", errors)
    if switches.reject:
        return _problem(422, "No errands are opened at present.")
    if asked["person"] not in world.people():
        return _problem(422, "Not found.", [{"pointer": "/person", "detail": "nobody has this number"}])
    return None


def _json(status: int, value: JSON, **headers: str) -> Response:
    return Response(status, json.dumps(value).encode(), "application/json", headers)


def _problem(status: int, detail: str, errors: list[JSON] | None = None) -> Response:
    value: JSON = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    value |= {"detail": detail, **({"errors": errors} if errors else {})}
    return Response(status, json.dumps(value).encode(), "application/problem+json")
