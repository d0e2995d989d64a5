"""A SOAP exchange through our stack, validated both ways, against bare zeep on one server; and fan-out."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests
import zeep
from django.core.management import call_command
from django.db import connection
from zeep.transports import Transport

from adapters import exchange, registry
from adapters.connection_spec import FOLDER
from adapters.exchange import Call
from adapters.ports import Context, Request
from bench import log_floor
from bench.agencies import adapter, agencies
from bench.measuring import Figure, compare
from bench.messages import CHANGE, MARIA
from tests.sandbox.signing import Signed

ASK = {"person": {"identifier": {"notation": MARIA}}}
SLOW_MS = 200
ROUNDS = 5


def measure() -> list[Figure]:
    """CPU of one exchange without and with the exchange log; wall time of five together."""
    call_command("migrate", verbosity=0, interactive=False)
    with agencies() as running:
        figures = _cpu(running)
    with agencies("signed") as running:
        figures.append(_signed(running))
    with agencies(latency_ms=SLOW_MS) as running:
        return [*figures, _fan_out(running)]


def _cpu(running: dict[str, Any]) -> list[Figure]:
    npr = adapter("npr", running)
    _load(running)
    theirs = _zeep(running["urls"]["npr"])
    context = Context("bench", "bench")

    def bare() -> object:
        return npr.send(Request("get_household", ASK, context)).result

    def logged() -> object:
        return exchange.perform("npr", "get_household", ASK, context)

    logged()
    floor = log_floor.around(bare, Path(connection.settings_dict["NAME"]).parent)
    settings: Any = {"against": "bare zeep, which validates nothing", "rounds": 11, "calls": 40}
    return [
        compare("SOAP exchange, validated (CPU)", bare, theirs, goal=0.25, **settings),
        compare("SOAP exchange, logged (CPU)", logged, theirs, goal=0.4, **settings),
        compare("two bare SQLite commits around it (CPU)", floor, theirs, **settings),
    ]


def _signed(running: dict[str, Any]) -> Figure:
    """The same with WS-Security both ways; the RSA operation is most of either."""
    npr, context = adapter("npr", running, signed=True), Context("bench", "bench")
    known = Signed(SimpleNamespace(credentials=lambda: running["credentials"]))
    return compare(
        "SOAP exchange, signed both ways (CPU)",
        lambda: npr.send(Request("get_household", ASK, context)).result,
        _zeep(running["urls"]["npr"], known),
        against="zeep with xmlsec",
        rounds=11,
        calls=40,
    )


def _load(running: dict[str, Any]) -> None:
    """Connection rows, without WS-Security."""
    for row in registry.load_all(running["urls"], running["credentials"]):
        if row.settings.pop("security", None):
            row.save()


def _zeep(url: str, wsse: Any = None) -> Callable[[], object]:
    session = requests.Session()
    session.trust_env = False
    transport = Transport(session=session, timeout=10, operation_timeout=10)
    client = zeep.Client(str(FOLDER / "npr" / "npr.wsdl"), transport=transport, wsse=wsse)
    binding = next(iter(client.wsdl.bindings))
    service = client.create_service(binding, f"{url}/population")
    return lambda: service.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": "bench"})


def _fan_out(running: dict[str, Any]) -> Figure:
    """Five agencies, each slow to answer: together against the slowest alone."""
    _load(running)
    together, slowest = [], []
    for number in range(ROUNDS):
        alone = [_wall([call]) for call in _calls(f"alone-{number}")]
        slowest.append(max(alone))
        together.append(_wall(_calls(f"together-{number}")))
    ratio = statistics.median(ours / theirs for ours, theirs in zip(together, slowest, strict=True))
    return Figure(
        "five parallel calls (wall)",
        ratio,
        1.2,
        statistics.median(together) * 1e6,
        statistics.median(slowest) * 1e6,
        "the slowest of the five alone",
    )


def _calls(key: str) -> list[Call]:
    context = Context("bench", key)
    asked = [
        ("npr", "get_household", ASK),
        ("laa", "get_address", {"addressID": "AU-20020001"}),
        ("vdr", "find_vehicles", ASK),
        ("tax", "update_domicile", CHANGE),
        ("sia", "register_change", CHANGE),
    ]
    return [Call(connection, operation, value, context) for connection, operation, value in asked]


def _wall(calls: list[Call]) -> float:
    started = time.perf_counter()
    for answer in exchange.perform_many(calls):
        if isinstance(answer, Exception):
            raise answer
    return time.perf_counter() - started
