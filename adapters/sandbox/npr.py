"""The National Population Register: SOAP 1.1 document/literal, deciding later and calling back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from lxml.etree import _Element as Element

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox.identities import identity
from adapters.sandbox.npr_messages import (
    NS,
    custody_element,
    household_element,
    read_dwelling,
    refusal,
    status_element,
)
from adapters.sandbox.npr_moves import Moves
from adapters.sandbox.npr_residents import Residents
from adapters.simulator.answering import Answer, Call, Refusal, said
from adapters.simulator.contracted import ContractAgency, published_judge
from adapters.simulator.elements import text_of, tree
from adapters.simulator.message_security import MessageSecurity
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.soap import SoapService

CONTRACTS = Path(__file__).parent.parent / "connections" / "npr"
MESSAGE_ID = f"{{{NS}}}MessageID"
FURTHEST_DAYS = 366  # how far from today the day of a move may lie
OUTCOMES = {"30": "registered", "90": "refused"}


class PopulationRegister(ContractAgency):
    """NPR. A MessageID that was taken before gets the answer it got then."""

    key = "npr"
    name = "National Population Register"
    protocol = "SOAP 1.1 document/literal, signed both ways, answers by callback"
    switchable = ContractAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.moves = Moves(settings, self.store, Residents(self.store))
        self.script = Register(settings, self.moves)

    def serve(self) -> SoapService:
        return SoapService(
            source.read_soap(CONTRACTS / "npr.wsdl"),
            judge=published_judge(CONTRACTS / "npr.xsd"),
            security=None if self.settings.takes_unsigned else self._security(),
            path="/population",
        )

    def _security(self) -> MessageSecurity:
        folder = self.settings.data_dir
        portal = identity(f"{CLIENT_NAME}-{self.key}", folder).certificate
        parts = frozenset({"body", "timestamp"})
        return MessageSecurity(identity(self.key, folder), parts, partner=portal)

    def start(self) -> None:
        super().start()
        self.moves.resume()

    def stop(self) -> None:
        self.moves.stop()
        super().stop()


class Register:
    """What the register does."""

    def __init__(self, settings: Settings, moves: Moves) -> None:
        self._settings = settings
        self._moves = moves
        self._residents = moves.residents

    def key(self, call: Call) -> str:
        """The header MessageID."""
        block = call.headers.get(MESSAGE_ID)
        return "" if block is None else (block.text or "").strip()

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """X001, with the element that is wrong."""
        name = violation.path.rpartition("/")[2].partition("[")[0]
        return refusal("X001", said(violation)[:500], name)

    def answer(self, call: Call) -> Answer:
        """Carry out one operation."""
        handlers: dict[str, Callable[[Call], Element]] = {
            "GetHousehold": self._get_household,
            "GetCustody": self._get_custody,
            "RegisterMove": self._register_move,
            "GetMoveStatus": self._get_move_status,
            "ConfirmMove": self._confirm_move,
        }
        return Answer(handlers[call.operation](call))

    def _get_household(self, call: Call) -> Element:
        number = text_of(call.content, "PersonNumber")
        return household_element(self._residents.household_of(number), date.today())

    def _get_custody(self, call: Call) -> Element:
        number = text_of(call.content, "PersonNumber")
        return custody_element(self._residents.children_of(number, date.today()), date.today())

    def _register_move(self, call: Call) -> Element:
        known = self._moves.by_message(call.key)
        if known is None:
            _insist_on_date(text_of(call.content, "DateOfMove"))
            notifier = text_of(call.content, "Notifier/PersonNumber")
            movers = [element.text or "" for element in call.content.iterfind(f"{{{NS}}}MovingPersons/*")]
            self._insist_on_household(notifier, movers)
            dwelling = read_dwelling(_child(call.content, "NewDwelling"))
            self._residents.insist_on_dwelling(dwelling)
            callback = text_of(call.content, "ReplyTo")
            portal = self._settings.portal_url
            if portal and not callback.startswith(f"{portal}/"):
                raise refusal("X001", "ReplyTo lies outside the portal that this register knows", "ReplyTo")
            known = self._moves.take(call.key, movers, dwelling, callback, call.switches)
        taken = {"TransactionNumber": known["transaction"], "ReceivedAt": known["received_at"]}
        return tree(NS, "npr", "RegisterMoveResponse", **taken)

    def _get_move_status(self, call: Call) -> Element:
        move = self._moves.find(text_of(call.content, "TransactionNumber"))
        return status_element("GetMoveStatusResponse", move)

    def _confirm_move(self, call: Call) -> Element:
        move = self._moves.confirm(
            text_of(call.content, "TransactionNumber"),
            message_id=call.key,
            status=OUTCOMES[text_of(call.content, "OutcomeCode")],
            officer=text_of(call.content, "OfficerName"),
            grounds=text_of(call.content, "Grounds"),
        )
        return status_element("ConfirmMoveResponse", move)

    def _insist_on_household(self, notifier: str, movers: list[str]) -> None:
        household = self._residents.household_of(notifier)
        members = {person["personalNumber"] for person in household["members"]}
        for mover in movers:
            if mover not in members:
                raise refusal("P002", "a moving person does not belong to the household", "MovingPersons")


def _insist_on_date(text: str) -> None:
    distance = (date.fromisoformat(text[:10]) - datetime.now(UTC).date()).days
    if abs(distance) > FURTHEST_DAYS:
        raise refusal("M010", "the date of the move is more than a year away", "DateOfMove")


def _child(parent: Element, name: str) -> Element:
    child = parent.find(f"{{{NS}}}{name}")
    if child is None:  # the schema was checked before
        raise refusal("X001", f"{name} is missing", name)
    return child
