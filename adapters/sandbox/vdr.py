"""The Vehicle Register: SOAP 1.1 rpc/encoded as Axis 1 wrote it, behind Basic authentication."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml.etree import _Element as Element

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox import world
from adapters.sandbox.vdr_encoding import array_reply, bean_reply, keeper_error, parameters
from adapters.simulator.answering import Answer, Call, Refusal, said
from adapters.simulator.contracted import ContractAgency
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.soap import SoapService
from adapters.simulator.store import Store
from adapters.simulator.switches import Switches
from adapters.simulator.tokens import are_right, basic_credentials

ADDRESS_FIELDS = ("streetName", "streetNo", "zip", "town", "muni")
CONTRACT = Path(__file__).parent.parent / "connections" / "vdr" / "vdr.wsdl"
PATH = "/axis/services/KeeperService"
MUNICIPALITY_LETTERS = {"E", "V", "N", "X"}
JSON = dict[str, Any]


class VehicleRegister(ContractAgency):
    """VDR. It books whatever it is sent, also twice; FindChange says what it booked under a reference."""

    key = "vdr"
    name = "Vehicle Register"
    protocol = "SOAP 1.1 rpc/encoded, Basic authentication"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.script = Register(self.store)

    def serve(self) -> SoapService:
        return SoapService(source.read_soap(CONTRACT), path=PATH)

    def beside(self, request: Request) -> Response | None:
        is_known = are_right(*basic_credentials(request.header("Authorization")), self.settings.secret)
        if is_known or request.path != PATH or request.method != "POST":
            return None
        challenge = {"WWW-Authenticate": 'Basic realm="KeeperService"'}
        return Response(401, b"<html><body>Unauthorized</body></html>", "text/html", challenge)


class Register:
    """What the register does. It reads and writes multiRef values by a hand of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def key(self, call: Call) -> str:
        """The parameter messageReference."""
        try:
            return str(parameters(call.root).get("messageReference", ""))
        except Refusal:  # said when the call is carried out
            return ""

    def objection(self, call: Call | None, violation: Violation) -> Refusal | None:
        """A wrong parameter is error 4; a message that is none of the register's, a plain Client fault."""
        return None if call is None else keeper_error(4, said(violation)[:500])

    def answer(self, call: Call) -> Answer:
        """Carry out one operation."""
        handlers: dict[str, Callable[[JSON, Switches], list[Element]]] = {
            "FindVehiclesByKeeper": self._find,
            "ChangeKeeperAddress": self._change,
            "FindChange": self._find_change,
        }
        return Answer(handlers[call.operation](parameters(call.root), call.switches))

    def _find(self, values: JSON, switches: Switches) -> list[Element]:
        keeper = _text(values, "keeperNo")
        if keeper not in world.people():
            raise keeper_error(1, "no such keeper")
        beans = [
            {
                "plate": plate,
                "makeName": vehicle["make"],
                "modelName": vehicle["model"],
                "keeperNo": keeper,
                "inTraffic": "true",
            }
            for plate, vehicle in sorted(world.vehicles().items())
            if vehicle["keeper"] == keeper
        ]
        return array_reply("FindVehiclesByKeeper", "VehicleBean", beans)

    def _change(self, values: JSON, switches: Switches) -> list[Element]:
        reference = _text(values, "messageReference")
        with self._store.transaction():
            receipt = self._book(reference, values, switches)
        return bean_reply("ChangeKeeperAddress", "ReceiptBean", receipt)

    def _find_change(self, values: JSON, switches: Switches) -> list[Element]:
        receipt = self._store.get("receipt", _text(values, "messageReference"))
        if receipt is None:
            raise keeper_error(5, "nothing was booked under this reference")
        return bean_reply("FindChange", "ReceiptBean", receipt)

    def _book(self, reference: str, values: JSON, switches: Switches) -> JSON:
        if switches.reject:
            raise keeper_error(4, "the register refuses every change at present")
        plate, keeper = _text(values, "plate"), _text(values, "keeperNo")
        vehicle = world.vehicles().get(plate)
        if vehicle is None:
            raise keeper_error(2, f"no such vehicle: {plate}")
        if vehicle["keeper"] != keeper:
            raise keeper_error(3, "the vehicle has another keeper")
        address = _address(values.get("newAddress"))
        valid_from = _date(_text(values, "validFrom"))
        number = f"VDR{self._store.next_number('receipt'):08d}"
        receipt = {"receiptNo": number, "bookedAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        self._store.effect("ChangeKeeperAddress", reference, {"plate": plate, "receipt": number}, once=False)
        self._store.put("receipt", reference, receipt)
        self._store.put("address", plate, {**address, "validFrom": valid_from})
        return receipt


def _text(values: JSON, name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value.strip():
        raise keeper_error(4, f"the parameter {name} is missing")
    return value.strip()


def _address(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise keeper_error(4, "the parameter newAddress is missing")
    address = {name: _text(value, name) for name in ADDRESS_FIELDS}
    if address["muni"] not in MUNICIPALITY_LETTERS:
        raise keeper_error(4, "muni is not a municipality of this register")
    return address


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise keeper_error(4, "validFrom is not a date") from error
