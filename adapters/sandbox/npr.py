"""The National Population Register: SOAP 1.1 document/literal, deciding later and calling back."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox.identities import identity
from adapters.sandbox.npr_messages import (
    NS,
    Refusal,
    household_element,
    read_dwelling,
    status_element,
    text_of,
)
from adapters.sandbox.npr_moves import Moves
from adapters.sandbox.npr_residents import Residents
from adapters.sandbox.soap import BadEnvelope, Envelope, new_envelope, new_fault, open_envelope, schema_fault
from adapters.simulator.agency import HttpAgency
from adapters.simulator.message_security import MessageSecurity, Seal
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches
from adapters.wss.names import WSSE
from adapters.wss.refused import SecurityRefused

CONTRACTS = Path(__file__).parent.parent / "connections" / "npr"
CONTRACT = CONTRACTS / "npr.xsd"
FURTHEST_DAYS = 366  # how far from today the day of a move may lie
OUTCOMES = {"30": "registered", "90": "refused"}


@cache
def schema() -> etree.XMLSchema:
    """The register's own schema, compiled once."""
    return etree.XMLSchema(file=str(CONTRACT))


class PopulationRegister(HttpAgency):
    """NPR. A MessageID that was taken before gets the answer it got then."""

    key = "npr"
    name = "National Population Register"
    protocol = "SOAP 1.1 document/literal, signed both ways, answers by callback"
    switchable = HttpAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.residents = Residents(self.store)
        self.moves = Moves(settings, self.store, self.residents)
        portal = identity(f"{CLIENT_NAME}-{self.key}", settings.data_dir)
        self.security = MessageSecurity(
            identity(self.key, settings.data_dir),
            frozenset({"body", "timestamp"}),
            partner=portal.certificate,
        )

    def start(self) -> None:
        super().start()
        self.moves.resume()

    def stop(self) -> None:
        self.moves.stop()
        super().stop()

    def published(self, request: Request) -> Path | None:
        files = {"wsdl": "npr.wsdl", "xsd": "npr.xsd"}
        shown = [files[name] for name in request.query if name in files]
        return CONTRACTS / shown[0] if request.path == "/population" and shown else None

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.method != "POST" or request.path != "/population":
            return Response(404, b"Post SOAP messages to /population.\n", "text/plain; charset=utf-8")
        try:
            envelope = open_envelope(request.body)
            seal = self._seal_after_checking(envelope)
            message_id = _message_id(envelope)
            operation = etree.QName(envelope.content).localname.removesuffix("Request")
            self.store.receive(operation, message_id, request.body)
            answer = new_envelope(self._carry_out(operation, envelope, message_id, switches))
            return Response(200, answer, seal=seal)
        except BadEnvelope as error:
            self.store.receive("unreadable", "", request.body)
            return Response(500, new_fault("Client", str(error)))
        except SecurityRefused as refused:
            self.store.receive("refused", "", request.body)
            return Response(500, new_fault(refused.code, refused.message, uri=WSSE))
        except Refusal as refusal:
            return Response(500, new_fault("Client", refusal.reason, refusal.element()), seal=seal)

    def _seal_after_checking(self, envelope: Envelope) -> Seal | None:
        """Check the portal's signature; return what signs the answer. Raises SecurityRefused."""
        if self.settings.takes_unsigned:
            return None
        return self.security.seal(self.security.signed(envelope.root))

    def _carry_out(self, operation: str, envelope: Envelope, message_id: str, switches: Switches) -> Element:
        handlers = {
            "GetHousehold": self._get_household,
            "RegisterMove": self._register_move,
            "GetMoveStatus": self._get_move_status,
            "ConfirmMove": self._confirm_move,
        }
        if operation not in handlers:
            raise Refusal("X001", f"there is no operation {operation}")
        if not 1 <= len(message_id) <= 128:
            raise Refusal("X001", "the header MessageID is missing or too long", "MessageID")
        _insist_on_schema(envelope.content)
        return handlers[operation](envelope.content, message_id, switches)

    def _get_household(self, content: Element, message_id: str, switches: Switches) -> Element:
        number = text_of(content, "PersonNumber")
        return household_element(self.residents.household_of(number), date.today())

    def _register_move(self, content: Element, message_id: str, switches: Switches) -> Element:
        known = self.moves.by_message(message_id)
        if known is None:
            _insist_on_date(text_of(content, "DateOfMove"))
            notifier = text_of(content, "Notifier/PersonNumber")
            movers = [element.text or "" for element in content.iterfind(f"{{{NS}}}MovingPersons/*")]
            self._insist_on_household(notifier, movers)
            dwelling = read_dwelling(_child(content, "NewDwelling"))
            self.residents.insist_on_dwelling(dwelling)
            callback = text_of(content, "ReplyTo")
            portal = self.settings.portal_url
            if portal and not callback.startswith(f"{portal}/"):
                raise Refusal("X001", "ReplyTo lies outside the portal that this register knows", "ReplyTo")
            known = self.moves.take(message_id, movers, dwelling, callback, switches)
        answer = etree.Element(f"{{{NS}}}RegisterMoveResponse", nsmap={"npr": NS})
        etree.SubElement(answer, f"{{{NS}}}TransactionNumber").text = known["transaction"]
        etree.SubElement(answer, f"{{{NS}}}ReceivedAt").text = known["received_at"]
        return answer

    def _get_move_status(self, content: Element, message_id: str, switches: Switches) -> Element:
        return status_element("GetMoveStatusResponse", self.moves.find(text_of(content, "TransactionNumber")))

    def _confirm_move(self, content: Element, message_id: str, switches: Switches) -> Element:
        move = self.moves.confirm(
            text_of(content, "TransactionNumber"),
            message_id=message_id,
            status=OUTCOMES[text_of(content, "OutcomeCode")],
            officer=text_of(content, "OfficerName"),
            grounds=text_of(content, "Grounds"),
        )
        return status_element("ConfirmMoveResponse", move)

    def _insist_on_household(self, notifier: str, movers: list[str]) -> None:
        household = self.residents.household_of(notifier)
        members = {person["personalNumber"] for person in household["members"]}
        for mover in movers:
            if mover not in members:
                raise Refusal("P002", "a moving person does not belong to the household", "MovingPersons")


def _message_id(envelope: Envelope) -> str:
    block = envelope.headers.get(f"{{{NS}}}MessageID")
    return "" if block is None else (block.text or "").strip()


def _insist_on_schema(content: Element) -> None:
    fault = schema_fault(schema(), etree.fromstring(etree.tostring(content, with_tail=False)))
    if fault is not None:
        raise Refusal("X001", f"line {fault.line}: {fault.message}"[:500], fault.element_name)


def _insist_on_date(text: str) -> None:
    distance = (date.fromisoformat(text[:10]) - datetime.now(UTC).date()).days
    if abs(distance) > FURTHEST_DAYS:
        raise Refusal("M010", "the date of the move is more than a year away", "DateOfMove")


def _child(parent: Element, name: str) -> Element:
    child = parent.find(f"{{{NS}}}{name}")
    if child is None:  # the schema was checked before
        raise Refusal("X001", f"{name} is missing", name)
    return child
