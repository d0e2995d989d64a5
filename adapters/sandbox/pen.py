"""The Pension Agency: SOAP 1.2 with MTOM, username tokens in, signatures out, answers to ReplyTo."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox import world
from adapters.sandbox.identities import identity
from adapters.sandbox.pen_reports import Reports, document
from adapters.sandbox.pen_wire import NS, PLAIN_TYPE, Message, new_fault, new_message, open_message, packing
from adapters.sandbox.soap import BadEnvelope, schema_fault
from adapters.simulator.agency import HttpAgency
from adapters.simulator.message_security import MessageSecurity
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches
from adapters.wss.refused import SecurityRefused

CONTRACT = Path(__file__).parent.parent / "connections" / "pen" / "pen.xsd"
PENSION_AGE = "1961"  # born then or before: draws an old-age pension


class Refusal(Exception):
    """The agency does not do what was asked; ``code`` is one of its own. Final."""

    def __init__(self, code: str, explanation: str, place: str = "") -> None:
        super().__init__(f"{code}: {explanation}")
        self.code = code
        self.explanation = explanation
        self.place = place

    def element(self) -> Element:
        """The fault's detail."""
        fields = {"Code": self.code, "Explanation": self.explanation, "Place": self.place}
        element = etree.Element(f"{{{NS}}}PensionFault", nsmap={"pen": NS})
        for name, text in fields.items():
            if text:
                etree.SubElement(element, f"{{{NS}}}{name}").text = text
        return element


@cache
def schema() -> etree.XMLSchema:
    """The agency's own schema, compiled once."""
    return etree.XMLSchema(file=str(CONTRACT))


class PensionAgency(HttpAgency):
    """PEN. A MessageID that was taken before is taken again without effect."""

    key = "pen"
    name = "Pension Agency"
    protocol = "SOAP 1.2 with MTOM, answers to ReplyTo"
    switchable = HttpAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        parts = frozenset({"body", "timestamp", "addressing"})
        own = identity(self.key, settings.data_dir)
        self.security = MessageSecurity(own, parts, accounts={CLIENT_NAME: settings.secret})
        self.reports = Reports(settings, self.store, self.security.seal())

    def start(self) -> None:
        super().start()
        self.reports.resume()

    def stop(self) -> None:
        self.reports.stop()
        super().stop()

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.method != "POST" or request.path != "/pension":
            return Response(404, b"Post SOAP messages to /pension.\n", "text/plain; charset=utf-8")
        message = None
        try:
            message = open_message(request)
            self.security.known(message.root)
            operation = etree.QName(message.content).localname.removesuffix("Request")
            self.store.receive(operation, message.message_id, request.body)
            content = self._carry_out(operation, message, switches)
        except BadEnvelope as error:
            self.store.receive("unreadable", "", request.body)
            return self._reply(400, new_fault("Sender", str(error)), message)
        except SecurityRefused as refused:
            self.store.receive("refused", "", request.body)
            fault = new_fault("Sender", refused.message, subcode=refused.code)
            return self._reply(400, fault, message)
        except Refusal as refusal:
            fault = new_fault("Sender", refusal.explanation, refusal.element())
            return self._reply(400, fault, message)
        return Response(202, b"", PLAIN_TYPE) if content is None else self._reply(200, content, message)

    def _reply(self, status: int, content: Element, message: Message | None) -> Response:
        """A signed answer, its documents as parts."""
        relates_to = message.message_id if message else ""
        name = etree.QName(content).localname
        body, _ = new_message(content, f"{NS}/{name}", relates_to, "")
        seal = self.security.seal()
        if content.find(f".//{{{NS}}}Content") is None:
            return Response(status, body, PLAIN_TYPE, seal=seal)
        content_type, packed = packing()
        return Response(status, body, content_type, seal=lambda text: packed(seal(text)))

    def _carry_out(self, operation: str, message: Message, switches: Switches) -> Element | None:
        handlers: dict[str, Callable[[Message, Switches], Element | None]] = {
            "GetEntitlement": self._get_entitlement,
            "ReportDeath": self._report_death,
            "GetReport": self._get_report,
        }
        if operation not in handlers or message.action != f"{NS}/{operation}":
            raise Refusal("E001", f"there is no operation {operation} by this action")
        if not message.message_id:
            raise Refusal("E001", "the header MessageID is missing")
        fault = schema_fault(schema(), etree.fromstring(etree.tostring(message.content)))
        if fault is not None:
            raise Refusal("E001", f"line {fault.line}: {fault.message}"[:500], fault.element_name)
        return handlers[operation](message, switches)

    def _get_entitlement(self, message: Message, switches: Switches) -> Element:
        insured = self._insured(message)
        answer = etree.Element(f"{{{NS}}}GetEntitlementResponse", nsmap={"pen": NS})
        etree.SubElement(answer, f"{{{NS}}}Insured").text = insured
        draws = insured[:4] <= PENSION_AGE
        etree.SubElement(answer, f"{{{NS}}}Kind").text = "OLD" if draws else "NON"
        if draws:
            etree.SubElement(answer, f"{{{NS}}}MonthlyAmount").text = "1480.50"
            text = f"Statement for {insured}\n" + "1480.50 a month\n" * 200
            document(answer, "Statement", "statement.txt", text)
        return answer

    def _report_death(self, message: Message, switches: Switches) -> None:
        insured = self._insured(message)
        portal = self.settings.portal_url
        if not portal or not message.reply_to.startswith(f"{portal}/"):
            raise Refusal("E001", "ReplyTo lies outside the portal that this agency knows", "ReplyTo")
        content = message.content.findtext(f".//{{{NS}}}Content") or ""
        self.reports.take(message.message_id, insured, message.reply_to, len(content) * 3 // 4, switches)

    def _get_report(self, message: Message, switches: Switches) -> Element:
        report = self.reports.find(message.content.findtext(f"{{{NS}}}ReportedAs") or "")
        if report is None:
            raise Refusal("E404", "no such report", "ReportedAs")
        return self.reports.outcome("GetReportResponse", report)

    def _insured(self, message: Message) -> str:
        number = message.content.findtext(f"{{{NS}}}Insured") or ""
        known = {notation.replace("T", "") for notation in world.people()}
        if number not in known:
            raise Refusal("E404", "no such insured person", "Insured")
        return number
