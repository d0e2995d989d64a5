"""The Business Register: XML over HTTP, applications taken with 202, decided later, news of it signed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox import world
from adapters.sandbox.soap import BadEnvelope, safe_parse, schema_fault
from adapters.sandbox.webhooks import Webhooks
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches

CONTRACT = Path(__file__).parent.parent / "connections" / "brg" / "brg.xsd"
NS = "urn:aurelia:brg:register:1"
RESERVED = timedelta(days=30)
STATUS = {"B400": 400, "B404": 404, "B409": 409, "B410": 410, "B422": 422, "B503": 503}
JSON = dict[str, Any]


@cache
def schema() -> etree.XMLSchema:
    """The register's own schema, compiled once."""
    return etree.XMLSchema(file=str(CONTRACT))


class BusinessFault(Exception):
    """Answered as the Fault element. Final."""

    def __init__(self, code: str, text: str, place: str = "") -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.place = code, text, place


class BusinessRegister(HttpAgency):
    """BRG. A messageId that was taken before is answered as it was then, without effect."""

    key = "brg"
    name = "Business Register"
    protocol = "XML over HTTP, 202, polling and a signed notice"
    switchable = HttpAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.webhooks = Webhooks(self.key, settings)

    def start(self) -> None:
        super().start()
        self.webhooks.start()

    def stop(self) -> None:
        self.webhooks.stop()
        super().stop()

    def published(self, request: Request) -> Path | None:
        return CONTRACT if request.path == "/register.xsd" else None

    def answer(self, request: Request, switches: Switches) -> Response:
        try:
            if request.method == "GET" and request.path.startswith("/applications/"):
                return _xml(200, self._state(request.path.removeprefix("/applications/"), switches))
            if request.method != "POST" or request.path != "/register":
                return Response(404, b"Post requests to /register.\n", "text/plain; charset=utf-8")
            return self._serve_request(request, switches)
        except BusinessFault as fault:
            told = _element("Fault", Code=fault.code, Text=fault.text, Place=fault.place)
            return _xml(STATUS[fault.code], told)

    def _serve_request(self, request: Request, switches: Switches) -> Response:
        try:
            asked = safe_parse(request.body)
        except BadEnvelope as error:
            self.store.receive("unreadable", "", request.body)
            raise BusinessFault("B400", str(error)) from error
        operation = etree.QName(asked).localname
        self.store.receive(operation, asked.get("messageId", ""), request.body)
        handler = self._handlers().get(operation)
        fault = schema_fault(schema(), asked)
        if handler is None or fault is not None:
            raise BusinessFault("B400", fault.message[:120] if fault else f"{operation} is no request")
        if switches.reject and operation != "GetCompany":
            raise BusinessFault("B422", "the register refuses whatever it is asked")
        with self.store.transaction():
            return handler(asked, switches)

    def _handlers(self) -> dict[str, Callable[[Element, Switches], Response]]:
        return {
            "ReserveName": self._reserve,
            "RegisterBusiness": self._register,
            "GetCompany": self._company,
        }

    def _reserve(self, asked: Element, switches: Switches) -> Response:
        message, name = asked.get("messageId", ""), _text(asked, "CompanyName")
        known = self.store.get("answers", message)
        if known is None:
            holder = self.store.get("names", name.casefold())
            if holder is not None and datetime.fromisoformat(holder["until"]) > datetime.now(UTC):
                raise BusinessFault("B409", "the name is reserved or taken", "ReserveName/CompanyName")
            until = datetime.now(UTC) + RESERVED
            known = {"number": f"R{self.store.next_number('reservation'):08d}", "until": until.isoformat()}
            self.store.put("names", name.casefold(), known)
            self.store.put("reservations", known["number"], {"name": name})
            self.store.put("answers", message, known)
            self.store.effect("ReserveName", message, known)
        told = {"ReservationNumber": known["number"], "ReservedUntil": known["until"][:10]}
        return _xml(200, _element("NameReserved", **told))

    def _register(self, asked: Element, switches: Switches) -> Response:
        message = asked.get("messageId", "")
        known = self.store.get("answers", message)
        if known is None:
            reservation = self.store.get("reservations", _text(asked, "ReservationNumber"))
            if reservation is None or reservation["name"] != _text(asked, "CompanyName"):
                raise BusinessFault(
                    "B410", "no such reservation of this name", "RegisterBusiness/ReservationNumber"
                )
            seconds = self.settings.pace.book + switches.late_seconds
            due = datetime.now(UTC) + timedelta(seconds=seconds)
            number = f"BA{self.store.next_number('application'):08d}"
            known = {
                **{"number": number, "due": due.isoformat(), "name": reservation["name"]},
                **{"activity": _text(asked, "Activity"), "founder": _text(asked, "Founder")},
            }
            self.store.put("applications", number, known)
            self.store.put("answers", message, known)
            self.store.effect("RegisterBusiness", message, known)
            self.webhooks.plan(number, seconds, twice=switches.duplicate_callback)
        return _xml(202, _element("ApplicationReceived", ApplicationNumber=known["number"]))

    def _state(self, number: str, switches: Switches) -> Element:
        application = self.store.get("applications", number)
        if application is None:
            raise BusinessFault("B404", "there is no such application")
        if datetime.fromisoformat(application["due"]) > datetime.now(UTC):
            return _element("ApplicationState", ApplicationNumber=number, State="RCV")
        decided = {"ApplicationNumber": number, "DecidedAt": application["due"]}
        if application["founder"] not in world.people():
            why = {"ReasonCode": "B100", "ReasonText": "the founder is not in the population register"}
            return _element("ApplicationState", **{**decided, "State": "REF", **why})
        return _element(
            "ApplicationState", **{**decided, "State": "REG", "CompanyNumber": self._enter(application)}
        )

    def _enter(self, application: JSON) -> str:
        """The company of a decided application, entered when its state is first read."""
        with self.store.transaction():
            known = self.store.get("entered", application["number"])
            if known is None:
                known = {
                    **{"number": f"AB{self.store.next_number('company'):06d}", "name": application["name"]},
                    **{"activity": application["activity"], "on": application["due"][:10]},
                }
                self.store.put("entered", application["number"], known)
                self.store.put("companies", known["number"], known)
            return str(known["number"])

    def _company(self, asked: Element, switches: Switches) -> Response:
        company = self.store.get("companies", _text(asked, "CompanyNumber"))
        if company is None:
            raise BusinessFault("B404", "there is no such company", "GetCompany/CompanyNumber")
        told = {
            **{"CompanyNumber": company["number"], "CompanyName": company["name"]},
            **{"Activity": company["activity"], "RegisteredOn": company["on"]},
        }
        return _xml(200, _element("Company", **told))


def _text(parent: Element, name: str) -> str:
    return (parent.findtext(f"{{{NS}}}{name}") or "").strip()


ORDER = ("ApplicationNumber", "State", "CompanyNumber", "DecidedAt", "ReasonCode", "ReasonText")


def _element(name: str, **fields: str) -> Element:
    """An element with text fields, in the order of the contract; empty ones are left out."""
    element = etree.Element(f"{{{NS}}}{name}", nsmap={"brg": NS})
    ordered = sorted(fields, key=ORDER.index) if set(fields) <= set(ORDER) else fields
    for field in ordered:
        if fields[field]:
            etree.SubElement(element, f"{{{NS}}}{field}").text = fields[field]
    return element


def _xml(status: int, element: Element) -> Response:
    return Response(status, etree.tostring(element, xml_declaration=True, encoding="UTF-8"))
