"""The switchboard: a page and a JSON API to switch the agencies, on a port of its own.

JSON: ``GET /agencies``, ``GET /agencies/vdr``, ``POST /agencies/vdr {"down": true}``,
``DELETE /agencies/vdr`` (all switches off), ``POST /agencies/hos/actions/birth``,
``GET /agencies/vdr/ledger``.
Pages: ``/`` and ``/ledgers/vdr``; their buttons are forms.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.simulator.agency import Agency
from adapters.simulator.server import Listener, PortTaken, Request, Response
from adapters.simulator.switches import SwitchError, Switches

LATEST = 50  # rows of a ledger on its page
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TITLES = {
    "down": ("Switch off", "Refuses connections"),
    "http_500": ("Out of order", "Answers with a failure; nothing is done"),
    "no_reply": ("Hang up", "Does what it is asked, but the answer is lost"),
    "malformed": ("Malformed answer", "The answer cannot be read"),
    "wrong_contract": ("Wrong contract", "The answer does not follow the contract"),
    "wrong_encoding": ("Wrong encoding", "The answer is not in the encoding it claims"),
    "reject": ("Says no", "Refuses whatever it is asked to change"),
    "duplicate_callback": ("Calls back twice", "The callback is posted a second time"),
    "partial_file": ("Partial file", "The acknowledgement ends in the middle"),
}
NUMBERS = {"latency_ms": "Wait before answering, milliseconds", "late_seconds": "Decide later, seconds"}
HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$")
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Switchable(Protocol):
    """Agencies that run together, by key."""

    @property
    def agencies(self) -> Mapping[str, Agency]:
        """The agencies."""
        ...


class Switchboard:
    """Serves the page and the API for one sandbox."""

    def __init__(self, sandbox: Switchable, port: int = 0) -> None:
        self._sandbox = sandbox
        self._listener = Listener("switchboard", self.answer, port)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._listener.port}"

    def start(self) -> None:
        """Begin to answer; raises PortTaken."""
        self._listener.open()

    def stop(self) -> None:
        """Stop answering."""
        self._listener.close()

    def answer(self, request: Request) -> Response:
        """One request to the page or the API."""
        if not _is_from_here(request):
            return _json(403, {"error": "the switchboard answers this machine only"})
        parts = request.path.strip("/").split("/")
        if request.path == "/" and request.method == "GET":
            return self._overview()
        if request.path == "/style.css":
            style = (Path(__file__).parent / "pages" / "style.css").read_bytes()
            return Response(200, style, "text/css; charset=utf-8")
        if parts == ["agencies"]:
            return _json(200, {"agencies": [_state(agency) for agency in self._sandbox.agencies.values()]})
        agency = self._sandbox.agencies.get(parts[1]) if len(parts) > 1 else None
        if agency is not None:
            match parts[0], parts[2:]:
                case "ledgers", []:
                    return self._ledger_page(agency)
                case "agencies", ["ledger"]:
                    return _json(200, agency.store.ledger())
                case "agencies", ["actions", action]:
                    return _act(agency, action, request)
                case "agencies", []:
                    return _switch(agency, request)
        return _json(404, {"error": "there is nothing at this address"})

    def _overview(self) -> Response:
        rows = [(agency, _state(agency), agency.store.ledger()) for agency in self._sandbox.agencies.values()]
        return _page("overview.html", rows=rows, titles=TITLES, numbers=NUMBERS)

    def _ledger_page(self, agency: Agency) -> Response:
        received = agency.store.latest("received", LATEST)
        effects = agency.store.latest("effects", LATEST)
        return _page("ledger.html", agency=agency, received=received, effects=effects)


def _is_from_here(request: Request) -> bool:
    """Against other web sites: the address must be this machine's, and a form must be our own."""
    origin = request.header("Origin")
    own = (
        origin in {"", "null"}
        if request.method == "GET"
        else origin in {"", f"http://{request.header('Host')}"}
    )
    return HERE.match(request.header("Host")) is not None and own


def _page(name: str, **values: Any) -> Response:
    body = PAGES.get_template(name).render(**values).encode()
    return Response(200, body, "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, json.dumps(value, indent=1).encode() + b"\n", "application/json")


def _state(agency: Agency) -> dict[str, Any]:
    switches = agency.panel.now
    return {
        **{"key": agency.key, "name": agency.name, "protocol": agency.protocol, "url": agency.url},
        **{"up": not switches.down, "switches": switches.as_json()},
    }


def _switch(agency: Agency, request: Request) -> Response:
    is_form = request.header("Content-Type").startswith("application/x-www-form-urlencoded")
    try:
        if request.method == "DELETE":
            agency.reset()
        elif request.method == "POST":
            agency.switch(**(_form(request) if is_form else _wanted(request)))
        elif request.method != "GET":
            return _json(405, {"error": "use GET, POST or DELETE"})
    except SwitchError as error:
        return _json(400, {"error": str(error)})
    except PortTaken as error:
        return _json(409, {"error": str(error)})
    if is_form:
        return Response(303, headers={"Location": f"/#{agency.key}"})
    return _json(200, _state(agency))


def _act(agency: Agency, action: str, request: Request) -> Response:
    """Make an agency do something by itself."""
    if request.method != "POST":
        return _json(405, {"error": "use POST"})
    try:
        agency.act(action)
    except SwitchError as error:
        return _json(400, {"error": str(error)})
    if request.header("Content-Type").startswith("application/x-www-form-urlencoded"):
        return Response(303, headers={"Location": f"/#{agency.key}"})
    return _json(202, {"key": agency.key, "action": action})


def _wanted(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except ValueError as error:
        raise SwitchError(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise SwitchError("the body is not a JSON object")
    return value


def _form(request: Request) -> dict[str, Any]:
    """A form's values: ``reset`` alone means everything off; numbers and on/off by the switch's own type."""
    form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    if "reset" in form:
        return Switches().as_json()
    plain = Switches().as_json()
    wanted: dict[str, Any] = {}
    for name, text in form.items():
        is_flag = isinstance(plain.get(name), bool)
        if not is_flag and not text.isdecimal():
            raise SwitchError(f"{name} is {text!r}; say a whole number from 0")
        wanted[name] = text == "on" if is_flag else int(text)
    return wanted
