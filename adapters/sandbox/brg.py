"""The Business Register: XML over HTTP, applications taken with 202, decided later, news of it signed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml.etree import _Element as Element

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox import world
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.contracted import published_judge
from adapters.simulator.elements import text_of, tree
from adapters.simulator.settings import Settings
from adapters.simulator.store import Store
from adapters.simulator.webhooks import NoticingAgency, Webhooks
from adapters.simulator.xml import XmlService

CONTRACT = Path(__file__).parent.parent / "connections" / "brg" / "brg.xsd"
NS = "urn:aurelia:brg:register:1"
RESERVED = timedelta(days=30)
STATUS = {"B400": 400, "B404": 404, "B409": 409, "B410": 410, "B422": 422, "B503": 503}
STATES = "/applications/"
ORDER = ("ApplicationNumber", "State", "CompanyNumber", "DecidedAt", "ReasonCode", "ReasonText")
JSON = dict[str, Any]


def _fault(code: str, text: str, place: str = "") -> Refusal:
    """The Fault element."""
    return Refusal(text, _element("Fault", Code=code, Text=text, Place=place), status=STATUS[code])


class BusinessRegister(NoticingAgency):
    """BRG. A messageId that was taken before is answered as it was then, without effect."""

    key = "brg"
    name = "Business Register"
    protocol = "XML over HTTP, 202, polling and a signed notice"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.script = Register(settings, self.store, self.webhooks)

    def serve(self) -> XmlService:
        contract = source.read_xml(CONTRACT)
        return XmlService(contract, judge=published_judge(CONTRACT), path="/register")


class Register:
    """What the register does."""

    def __init__(self, settings: Settings, store: Store, webhooks: Webhooks) -> None:
        self._settings = settings
        self._store = store
        self._webhooks = webhooks

    def key(self, call: Call) -> str:
        """The messageId of a posted element."""
        return "" if call.content is None else str(call.content.get("messageId", ""))

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """What is no request of the register's."""
        return _fault("B400", violation.message[:120])

    def answer(self, call: Call) -> Answer:
        """A request, or the state of an application that is asked for by its address."""
        if call.content is None:
            if not call.request.path.startswith(STATES):
                raise Refusal("Post requests to /register.", status=404)
            return Answer(self._state(call.request.path.removeprefix(STATES)))
        handlers: dict[str, Callable[[Call], Answer]] = {
            "ReserveName": self._reserve,
            "RegisterBusiness": self._register,
            "GetCompany": self._company,
        }
        if call.operation not in handlers:
            raise _fault("B400", f"{call.operation} is no request")
        if call.switches.reject and call.operation != "GetCompany":
            raise _fault("B422", "the register refuses whatever it is asked")
        with self._store.transaction():
            return handlers[call.operation](call)

    def _reserve(self, call: Call) -> Answer:
        message, name = call.key, text_of(call.content, "CompanyName")
        known = self._store.get("answers", message)
        if known is None:
            holder = self._store.get("names", name.casefold())
            if holder is not None and datetime.fromisoformat(holder["until"]) > datetime.now(UTC):
                raise _fault("B409", "the name is reserved or taken", "ReserveName/CompanyName")
            until = datetime.now(UTC) + RESERVED
            known = {"number": f"R{self._store.next_number('reservation'):08d}", "until": until.isoformat()}
            self._store.put("names", name.casefold(), known)
            self._store.put("reservations", known["number"], {"name": name})
            self._store.put("answers", message, known)
            self._store.effect("ReserveName", message, known)
        told = {"ReservationNumber": known["number"], "ReservedUntil": known["until"][:10]}
        return Answer(_element("NameReserved", **told))

    def _register(self, call: Call) -> Answer:
        message, asked = call.key, call.content
        known = self._store.get("answers", message)
        if known is None:
            reservation = self._store.get("reservations", text_of(asked, "ReservationNumber"))
            if reservation is None or reservation["name"] != text_of(asked, "CompanyName"):
                raise _fault("B410", "no such reservation of this name", "RegisterBusiness/ReservationNumber")
            seconds = self._settings.pace.book + call.switches.late_seconds
            due = datetime.now(UTC) + timedelta(seconds=seconds)
            number = f"BA{self._store.next_number('application'):08d}"
            known = {
                **{"number": number, "due": due.isoformat(), "name": reservation["name"]},
                **{"activity": text_of(asked, "Activity"), "founder": text_of(asked, "Founder")},
            }
            self._store.put("applications", number, known)
            self._store.put("answers", message, known)
            self._store.effect("RegisterBusiness", message, known)
            self._webhooks.plan(number, seconds, twice=call.switches.duplicate_callback)
        return Answer(_element("ApplicationReceived", ApplicationNumber=known["number"]), status=202)

    def _state(self, number: str) -> Element:
        application = self._store.get("applications", number)
        if application is None:
            raise _fault("B404", "there is no such application")
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
        with self._store.transaction():
            known = self._store.get("entered", application["number"])
            if known is None:
                known = {
                    **{"number": f"AB{self._store.next_number('company'):06d}", "name": application["name"]},
                    **{"activity": application["activity"], "on": application["due"][:10]},
                }
                self._store.put("entered", application["number"], known)
                self._store.put("companies", known["number"], known)
            return str(known["number"])

    def _company(self, call: Call) -> Answer:
        company = self._store.get("companies", text_of(call.content, "CompanyNumber"))
        if company is None:
            raise _fault("B404", "there is no such company", "GetCompany/CompanyNumber")
        told = {
            **{"CompanyNumber": company["number"], "CompanyName": company["name"]},
            **{"Activity": company["activity"], "RegisteredOn": company["on"]},
        }
        return Answer(_element("Company", **told))


def _element(name: str, **fields: str) -> Element:
    """An element with text fields, in the order of the contract; empty ones are left out."""
    ordered = sorted(fields, key=ORDER.index) if set(fields) <= set(ORDER) else fields
    return tree(NS, "brg", name, **{field: fields[field] for field in ordered})
