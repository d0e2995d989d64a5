"""An agency that recognises no key and answers no question, and the adapter to it.

It books every notice it is sent, as often as it is sent. It shows what the third kind of connection needs: a
person who looks.
"""

import json
from typing import ClassVar

from adapters.connection_spec import ConnectionSpec
from adapters.delivery import gate
from adapters.egress import Door
from adapters.errors import Misconfigured, NotUnderstood
from adapters.http_results import insist_on_answer
from adapters.models import Connection
from adapters.ports import Accepted, Reply, Request
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Request as HttpRequest
from adapters.simulator.server import Response
from adapters.simulator.switches import Switches

KEY = "deaf"
KIND = "bench.soak.deaf:build"


class DeafAgency(HttpAgency):
    """Books what it is sent and remembers nothing about who sent it; its ledger is for the counting alone."""

    key: ClassVar[str] = KEY
    name: ClassVar[str] = "Notices Office"
    protocol: ClassVar[str] = "JSON over HTTP, without keys and without questions"

    def answer(self, request: HttpRequest, switches: Switches) -> Response:
        reference = str(json.loads(request.body)["yourReference"])
        self.store.receive("notice", reference, request.body)
        with self.store.transaction():
            number = self.store.next_number("notice")
            self.store.effect("notice", reference, {"number": number}, once=False)
        return Response(200, json.dumps({"number": f"N{number}"}).encode(), "application/json")


class DeafAdapter:
    """Posts a notice; a good answer carries its number."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = Door.of(spec)

    def send(self, request: Request) -> Reply:
        """Send one notice; raises a child of AdapterError."""
        body = json.dumps({"yourReference": request.context.idempotency_key, **request.value}).encode()
        headers = {"Content-Type": "application/json"}
        reply = self.door.send("POST", "/notices", body=body, headers=headers, timeout=request.timeout)
        insist_on_answer(self.key, reply)
        try:
            return Reply(Accepted({}, str(json.loads(reply.body)["number"])), reply.wire)
        except (ValueError, KeyError, TypeError) as error:
            raise NotUnderstood(self.key, "the answer has no number", line=1, wire=reply.wire) from error

    def check(self, request: Request, reference: str) -> Reply:
        """It answers no questions."""
        raise Misconfigured(self.key, "this agency answers no questions")


def build(spec: ConnectionSpec) -> DeafAdapter:
    """Build the adapter of a connection."""
    return DeafAdapter(spec)


def connect(url: str, key: str = KEY, repeat: str = "person", concurrency: int = 4) -> None:
    """Point a connection at a running agency of this protocol."""
    settings = {
        "name": "Notices Office",
        "kind": KIND,
        "allow_private": True,
        "timeouts": {"connect": 2.0, "read": 2.0},
        "delivery": {"repeat": repeat, "concurrency": concurrency, "settle": 10.0},
    }
    row = Connection.objects.filter(key=key).first() or Connection(key=key)
    row.name, row.kind, row.base_url, row.settings = "Notices Office", KIND, url, settings
    row.save()
    gate.standing(key)  # what it declares is read now, so that a wrong word shows here
