"""The Vehicle Register: SOAP 1.1 rpc/encoded as Axis 1 wrote it, behind Basic authentication."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox import world
from adapters.sandbox.soap import BadEnvelope, Envelope, new_envelope, new_fault, open_envelope
from adapters.sandbox.tax_tokens import are_right, basic_credentials
from adapters.sandbox.vdr_encoding import NS, KeeperError, array_reply, bean_reply, parameters
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Request, Response
from adapters.simulator.switches import Switches

ADDRESS_FIELDS = ("streetName", "streetNo", "zip", "town", "muni")
CONTRACTS = Path(__file__).parent.parent / "connections" / "vdr"
OPERATIONS = {"FindVehiclesByKeeper", "ChangeKeeperAddress", "FindChange"}
MUNICIPALITY_LETTERS = {"E", "V", "N", "X"}


class VehicleRegister(HttpAgency):
    """VDR. It books whatever it is sent, also twice; FindChange says what it booked under a reference."""

    key = "vdr"
    name = "Vehicle Register"
    protocol = "SOAP 1.1 rpc/encoded, Basic authentication"

    def published(self, request: Request) -> Path | None:
        files = {"wsdl": "vdr.wsdl"}
        shown = [files[name] for name in request.query if name in files]
        return CONTRACTS / shown[0] if request.path == "/axis/services/KeeperService" and shown else None

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.method != "POST" or request.path != "/axis/services/KeeperService":
            return Response(404, b"<html><body>No service here.</body></html>", "text/html; charset=utf-8")
        if not are_right(*basic_credentials(request.header("Authorization")), self.settings.secret):
            challenge = {"WWW-Authenticate": 'Basic realm="KeeperService"'}
            return Response(401, b"<html><body>Unauthorized</body></html>", "text/html", challenge)
        try:
            envelope = open_envelope(request.body)
            return Response(200, self._carry_out(envelope, request, switches))
        except BadEnvelope as error:
            self.store.receive("unreadable", "", request.body)
            return Response(500, new_fault("Client", str(error)))
        except KeeperError as error:
            return Response(500, new_fault("Server.userException", error.text, error.element()))

    def _carry_out(self, envelope: Envelope, request: Request, switches: Switches) -> bytes:
        name = etree.QName(envelope.content)
        values = parameters(envelope)
        self.store.receive(name.localname, str(values.get("messageReference", "")), request.body)
        if name.namespace != NS or name.localname not in OPERATIONS:
            raise KeeperError(4, f"there is no operation {name.localname}")
        if name.localname == "FindVehiclesByKeeper":
            return new_envelope(*self._find(values))
        if name.localname == "FindChange":
            return new_envelope(*self._find_change(values))
        return new_envelope(*self._change(values, switches))

    def _find(self, values: dict[str, Any]) -> list[Element]:
        keeper = _text(values, "keeperNo")
        if keeper not in world.people():
            raise KeeperError(1, "no such keeper")
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

    def _change(self, values: dict[str, Any], switches: Switches) -> list[Element]:
        reference = _text(values, "messageReference")
        with self.store.transaction():
            receipt = self._book(reference, values, switches)
        return bean_reply("ChangeKeeperAddress", "ReceiptBean", receipt)

    def _find_change(self, values: dict[str, Any]) -> list[Element]:
        receipt = self.store.get("receipt", _text(values, "messageReference"))
        if receipt is None:
            raise KeeperError(5, "nothing was booked under this reference")
        return bean_reply("FindChange", "ReceiptBean", receipt)

    def _book(self, reference: str, values: dict[str, Any], switches: Switches) -> dict[str, Any]:
        if switches.reject:
            raise KeeperError(4, "the register refuses every change at present")
        plate, keeper = _text(values, "plate"), _text(values, "keeperNo")
        vehicle = world.vehicles().get(plate)
        if vehicle is None:
            raise KeeperError(2, f"no such vehicle: {plate}")
        if vehicle["keeper"] != keeper:
            raise KeeperError(3, "the vehicle has another keeper")
        address = _address(values.get("newAddress"))
        valid_from = _date(_text(values, "validFrom"))
        number = f"VDR{self.store.next_number('receipt'):08d}"
        receipt = {"receiptNo": number, "bookedAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        self.store.effect("ChangeKeeperAddress", reference, {"plate": plate, "receipt": number}, once=False)
        self.store.put("receipt", reference, receipt)
        self.store.put("address", plate, {**address, "validFrom": valid_from})
        return receipt


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value.strip():
        raise KeeperError(4, f"the parameter {name} is missing")
    return value.strip()


def _address(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise KeeperError(4, "the parameter newAddress is missing")
    address = {name: _text(value, name) for name in ADDRESS_FIELDS}
    if address["muni"] not in MUNICIPALITY_LETTERS:
        raise KeeperError(4, "muni is not a municipality of this register")
    return address


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise KeeperError(4, "validFrom is not a date") from error
