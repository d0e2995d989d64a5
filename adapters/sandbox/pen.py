"""The Pension Agency: SOAP 1.2 with MTOM, username tokens in, signatures out, answers to ReplyTo."""

from collections.abc import Callable
from pathlib import Path

from lxml.etree import _Element as Element

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox import world
from adapters.sandbox.identities import identity
from adapters.sandbox.pen_reports import NS, Reports, document
from adapters.simulator.answering import Answer, Call, Refusal, said
from adapters.simulator.contracted import ContractAgency, published_judge
from adapters.simulator.elements import text_of, tree
from adapters.simulator.letters import WSA
from adapters.simulator.message_security import MessageSecurity
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.soap import SoapService

CONTRACTS = Path(__file__).parent.parent / "connections" / "pen"
PENSION_AGE = "1961"  # born then or before: draws an old-age pension


def _refusal(code: str, explanation: str, place: str = "") -> Refusal:
    """The agency does not do what was asked; ``code`` is one of its own."""
    detail = tree(NS, "pen", "PensionFault", Code=code, Explanation=explanation, Place=place)
    return Refusal(explanation, detail)


class PensionAgency(ContractAgency):
    """PEN. A MessageID that was taken before is taken again without effect."""

    key = "pen"
    name = "Pension Agency"
    protocol = "SOAP 1.2 with MTOM, answers to ReplyTo"
    switchable = ContractAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        own, parts = identity(self.key, settings.data_dir), frozenset({"body", "timestamp", "addressing"})
        self.security = MessageSecurity(own, parts, accounts={CLIENT_NAME: settings.secret})
        self.reports = Reports(settings, self.store, self.security.seal())
        self.script = Pensions(settings, self.reports)

    def serve(self) -> SoapService:
        return SoapService(
            source.read_soap(CONTRACTS / "pen.wsdl"),
            judge=published_judge(CONTRACTS / "pen.xsd"),
            security=self.security,
            mtom=True,
            path="/pension",
        )

    def start(self) -> None:
        super().start()
        self.reports.resume()

    def stop(self) -> None:
        self.reports.stop()
        super().stop()


class Pensions:
    """What the agency does."""

    def __init__(self, settings: Settings, reports: Reports) -> None:
        self._settings = settings
        self._reports = reports

    def key(self, call: Call) -> str:
        """The MessageID of WS-Addressing."""
        return _addressed(call, "MessageID")

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """E001, with the place that is wrong."""
        return _refusal("E001", said(violation)[:500], violation.path.rpartition("/")[2].partition("[")[0])

    def answer(self, call: Call) -> Answer:
        """Carry out one operation."""
        handlers: dict[str, Callable[[Call], Element | None]] = {
            "GetEntitlement": self._get_entitlement,
            "ReportDeath": self._report_death,
            "GetReport": self._get_report,
        }
        if _addressed(call, "Action") != f"{NS}/{call.operation}":
            raise _refusal("E001", f"the action is not that of {call.operation}")
        if not call.key:
            raise _refusal("E001", "the header MessageID is missing")
        return Answer(handlers[call.operation](call))

    def _get_entitlement(self, call: Call) -> Element:
        insured = self._insured(call)
        draws = insured[:4] <= PENSION_AGE
        found = {"Insured": insured, "Kind": "OLD" if draws else "NON"}
        answer = tree(NS, "pen", "GetEntitlementResponse", **found, MonthlyAmount="1480.50" if draws else "")
        if draws:
            text = f"Statement for {insured}\n" + "1480.50 a month\n" * 200
            document(answer, "Statement", "statement.txt", text)
        return answer

    def _report_death(self, call: Call) -> None:
        insured = self._insured(call)
        portal, reply_to = self._settings.portal_url, _addressed(call, "ReplyTo", "Address")
        if not portal or not reply_to.startswith(f"{portal}/"):
            raise _refusal("E001", "ReplyTo lies outside the portal that this agency knows", "ReplyTo")
        content = call.content.findtext(f".//{{{NS}}}Content") or ""
        self._reports.take(call.key, insured, reply_to, len(content) * 3 // 4, call.switches)

    def _get_report(self, call: Call) -> Element:
        report = self._reports.find(text_of(call.content, "ReportedAs"))
        if report is None:
            raise _refusal("E404", "no such report", "ReportedAs")
        return self._reports.outcome("GetReportResponse", report)

    def _insured(self, call: Call) -> str:
        number = text_of(call.content, "Insured")
        known = {notation.replace("T", "") for notation in world.people()}
        if number not in known:
            raise _refusal("E404", "no such insured person", "Insured")
        return number


def _addressed(call: Call, name: str, *below: str) -> str:
    """A header of WS-Addressing, "" where there is none."""
    block = call.headers.get(f"{{{WSA}}}{name}")
    found = block if not below or block is None else block.find("/".join(f"{{{WSA}}}{one}" for one in below))
    return "" if found is None else (found.text or "").strip()
