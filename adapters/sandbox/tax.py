"""The Tax Office: REST with OAuth2 client credentials, changes booked by jobs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox.identities import identity
from adapters.sandbox.tax_records import Taxpayers
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.problems import objection, problem
from adapters.simulator.published_json import PublishedJudge
from adapters.simulator.rest import RestService
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.store import Store
from adapters.simulator.tokens import TokenProblem, Tokens
from adapters.simulator.webhooks import NoticingAgency, Webhooks

CONTRACT = Path(__file__).parent.parent / "connections" / "tax" / "tax.openapi.json"
TOKENS = "/oauth/token"
SCOPES = frozenset({"domicile.read", "domicile.write"})
JSON = dict[str, Any]


class TaxOffice(NoticingAgency):
    """TAX. An Idempotency-Key that was taken before gets the job it got then."""

    key = "tax"
    name = "Tax Office"
    protocol = "REST with OAuth2 private_key_jwt, jobs, signed webhooks"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.tokens = Tokens("private_key_jwt", self._portal, SCOPES)
        self.judge = PublishedJudge(CONTRACT)
        self.script = Office(settings, self.store, self.webhooks, self.judge)

    def _portal(self) -> dict[str, str]:
        """What the portal proves itself by."""
        key = identity(f"{CLIENT_NAME}-tax", self.settings.data_dir).key
        return {"client_id": CLIENT_NAME, "assertion_key": key}

    def serve(self) -> RestService:
        return RestService(source.read_rest(CONTRACT), judge=self.judge)

    def is_spared(self, request: Request) -> bool:
        return request.path == TOKENS

    def beside(self, request: Request) -> Response | None:
        if request.path == TOKENS:
            return self._token(request)
        scope = "domicile.write" if request.method == "PATCH" else "domicile.read"
        try:
            self.tokens.insist(request.header("Authorization"), scope)
        except TokenProblem as refused:
            refusal = problem(refused.status, refused.description)
            body = json.dumps(refusal.content).encode()
            challenge = {"WWW-Authenticate": refused.challenge}
            return Response(refused.status, body, "application/problem+json", challenge)
        return None

    def _token(self, request: Request) -> Response:
        try:
            issued = json.dumps(self.tokens.issue(request, f"{self.url}{TOKENS}")).encode()
            return Response(200, issued, "application/json", {"Cache-Control": "no-store"})
        except TokenProblem as problem:
            value = {"error": problem.error, "error_description": problem.description}
            return Response(problem.status, json.dumps(value).encode(), "application/json")


class Office:
    """What the office does."""

    def __init__(self, settings: Settings, store: Store, webhooks: Webhooks, judge: PublishedJudge) -> None:
        self._settings = settings
        self._store = store
        self._taxpayers = Taxpayers(store)
        self._webhooks = webhooks
        self._judge = judge

    def key(self, call: Call) -> str:
        """The header Idempotency-Key."""
        return call.request.header("Idempotency-Key")

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """What of a request is wrong, and where."""
        if violation.path.startswith("header If-Match"):
            return problem(428, "Read the domicile first and send its ETag as If-Match.")
        return objection(self._judge, call, violation)

    def answer(self, call: Call) -> Answer:
        """Carry out one operation."""
        handlers: dict[str, Callable[[Call], Answer]] = {
            "getTaxpayer": self._read,
            "getDomicile": self._read,
            "updateDomicile": self._change,
            "getJob": self._job,
        }
        return handlers[call.operation](call)

    def _read(self, call: Call) -> Answer:
        number = str(call.known["taxpayerNumber"])
        taxpayer = self._taxpayers.find(number)
        if taxpayer is None:
            raise problem(404, "There is no such taxpayer.")
        shown = taxpayer if call.operation == "getTaxpayer" else taxpayer["domicile"]
        return Answer(shown, headers={"ETag": self._taxpayers.tag(number)})

    def _change(self, call: Call) -> Answer:
        number, key = str(call.known["taxpayerNumber"]), call.key
        with self._store.transaction():
            job = self._taxpayers.job_of(key)
            if job is None:
                self._insist(call, number)
                delay = self._settings.pace.book + call.switches.late_seconds
                is_refused = call.switches.reject
                job = self._taxpayers.take(key, number, call.content, delay, is_refused=is_refused)
                self._webhooks.plan(job, delay, twice=call.switches.duplicate_callback)
        headers = {"Location": f"/jobs/{job}", "Retry-After": str(round(self._settings.pace.book))}
        return Answer(self._taxpayers.job(job) or {}, status=202, headers=headers)

    def _insist(self, call: Call, number: str) -> None:
        """Raise what stands against a change that the contract allows."""
        if self._taxpayers.find(number) is None:
            raise problem(404, "There is no such taxpayer.")
        if call.request.header("If-Match") != self._taxpayers.tag(number):
            raise problem(412, "The domicile was changed since it was read.")

    def _job(self, call: Call) -> Answer:
        job = self._taxpayers.job(str(call.known["jobNumber"]))
        if job is None:
            raise problem(404, "There is no such job.")
        wait = {"Retry-After": str(round(self._settings.pace.book))} if job["state"] == "running" else {}
        return Answer(job, headers=wait)
