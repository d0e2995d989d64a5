"""The Tax Office: REST with OAuth2 client credentials, changes booked by jobs."""

import json
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from adapters.sandbox.identities import identity
from adapters.sandbox.openapi import faults
from adapters.sandbox.tax_records import Taxpayers
from adapters.sandbox.tax_tokens import TokenProblem, Tokens
from adapters.sandbox.webhooks import Webhooks
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches

CONTRACT = Path(__file__).parent.parent / "connections" / "tax" / "tax.openapi.json"
PATH = re.compile(r"/taxpayers/(?P<number>[^/]+)(?P<domicile>/domicile)?$|/jobs/(?P<job>[^/]+)$")
JSON = dict[str, Any]


@cache
def contract() -> JSON:
    """The office's own OpenAPI document."""
    document: JSON = json.loads(CONTRACT.read_text(encoding="utf-8"))
    return document


def _json(status: int, value: JSON, **headers: str) -> Response:
    kind = "application/problem+json" if status >= 400 else "application/json"
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, json.dumps(value).encode(), kind, names)


def _problem(status: int, detail: str, errors: list[JSON] | None = None, **headers: str) -> Response:
    value: JSON = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    value["detail"] = detail
    if errors:
        value["errors"] = errors
    return _json(status, value, **headers)


class TaxOffice(HttpAgency):
    """TAX. An Idempotency-Key that was taken before gets the job it got then."""

    key = "tax"
    name = "Tax Office"
    protocol = "REST with OAuth2 private_key_jwt, jobs, signed webhooks"
    switchable = HttpAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.tokens = Tokens(lambda: identity(f"{CLIENT_NAME}-tax", settings.data_dir).key)
        self.taxpayers = Taxpayers(self.store)
        self.webhooks = Webhooks(self.key, settings)

    def start(self) -> None:
        super().start()
        self.webhooks.start()

    def stop(self) -> None:
        self.webhooks.stop()
        super().stop()

    def is_spared(self, request: Request) -> bool:
        return request.path == "/oauth/token"

    def published(self, request: Request) -> Path | None:
        return CONTRACT if request.path == "/openapi.json" else None

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.path == "/oauth/token":
            return self._token(request)
        match = PATH.match(request.path)
        if match is None:
            return _problem(404, "There is nothing at this address.")
        is_change = request.method == "PATCH"
        try:
            self.tokens.insist(
                request.header("Authorization"), "domicile.write" if is_change else "domicile.read"
            )
        except TokenProblem as problem:
            return _problem(problem.status, problem.description, WWW_Authenticate=problem.challenge)
        if match["job"]:
            return self._job(request, match["job"])
        if is_change and match["domicile"]:
            return self._change(request, match["number"], switches)
        if request.method != "GET":
            return _problem(405, "This address cannot be changed.", Allow="GET")
        return self._read(request, match["number"], whole=not match["domicile"])

    def _token(self, request: Request) -> Response:
        try:
            return _json(200, self.tokens.issue(request, f"{self.url}/oauth/token"), Cache_Control="no-store")
        except TokenProblem as problem:
            value = {"error": problem.error, "error_description": problem.description}
            return Response(problem.status, json.dumps(value).encode(), "application/json")

    def _read(self, request: Request, number: str, *, whole: bool) -> Response:
        self.store.receive("getTaxpayer" if whole else "getDomicile", "", request.body)
        taxpayer = self.taxpayers.find(number)
        if taxpayer is None:
            return _problem(404, "There is no such taxpayer.")
        tag = self.taxpayers.tag(number)
        return _json(200, taxpayer if whole else taxpayer["domicile"], ETag=tag)

    def _change(self, request: Request, number: str, switches: Switches) -> Response:
        key = request.header("Idempotency-Key")
        self.store.receive("updateDomicile", key, request.body)
        if not 1 <= len(key) <= 128:
            return _problem(400, "The header Idempotency-Key is missing or too long.")
        with self.store.transaction():
            known = self.taxpayers.job_of(key)
            if known is None:
                problem = self._objection(request, number)
                if problem is not None:
                    return problem
                delay = self.settings.pace.book + switches.late_seconds
                change = json.loads(request.body)
                known = self.taxpayers.take(key, number, change, delay, is_refused=switches.reject)
                self.webhooks.plan(known, delay, twice=switches.duplicate_callback)
        job = self.taxpayers.job(known)
        wait = str(round(self.settings.pace.book))
        return _json(202, job or {}, Location=f"/jobs/{known}", Retry_After=wait)

    def _objection(self, request: Request, number: str) -> Response | None:
        """What stands against the change, None where nothing does."""
        if self.taxpayers.find(number) is None:
            return _problem(404, "There is no such taxpayer.")
        try:
            change = json.loads(request.body)
        except ValueError as error:
            return _problem(400, f"The body is not JSON: {error}")
        errors = faults(contract(), {"$ref": "#/components/schemas/DomicileChange"}, change)
        if errors:
            return _problem(422, "The change does not follow the schema.", errors)
        if not request.header("If-Match"):
            return _problem(428, "Read the domicile first and send its ETag as If-Match.")
        if request.header("If-Match") != self.taxpayers.tag(number):
            return _problem(412, "The domicile was changed since it was read.")
        return None

    def _job(self, request: Request, name: str) -> Response:
        self.store.receive("getJob", "", request.body)
        job = self.taxpayers.job(name)
        if job is None:
            return _problem(404, "There is no such job.")
        wait = {"Retry_After": str(round(self.settings.pace.book))}
        return _json(200, job, **(wait if job["state"] == "running" else {}))
