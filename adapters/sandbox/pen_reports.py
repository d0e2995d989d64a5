"""Deaths reported to the pension agency: taken, decided a little later, and answered to ReplyTo."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lxml.etree import _Element as Element

from adapters.simulator import letters
from adapters.simulator.callbacks import ATTEMPTS, pause_before
from adapters.simulator.elements import tree
from adapters.simulator.settings import Settings
from adapters.simulator.store import Store
from adapters.simulator.switches import Switches
from adapters.simulator.timetable import Timetable

JSON = dict[str, Any]
NS = "urn:aurelia:pen:pension:v1"
ACTION = f"{NS}/ReportDeathResponse"
CONTENT = frozenset({f"{{{NS}}}Content"})


def document(parent: Element, name: str, title: str, text: str) -> None:
    """A document of the agency's, as plain text."""
    content = b64encode(text.encode()).decode()
    parent.append(tree(NS, "pen", name, FileName=title, MediaType="text/plain", Content=content))


class Reports:
    """All reports, kept in the store: an agency that is restarted goes on where it was."""

    def __init__(self, settings: Settings, store: Store, seal: Callable[[bytes], bytes] | None) -> None:
        self._settings = settings
        self._store = store
        self._seal = seal
        self._timetable = Timetable("pen")

    def resume(self) -> None:
        """Begin, with what an earlier run left undecided or untold."""
        for message_id, report in self._store.all("report").items():
            if report["state"] == "TAKEN":
                self._plan(0, self._decide, message_id)
            elif report["callback"] == "due":
                self._plan(0, self._tell, message_id)
        self._timetable.start()

    def stop(self) -> None:
        """Decide and tell nothing more."""
        self._timetable.stop()

    def find(self, message_id: str) -> JSON | None:
        """A report by the MessageID it came with."""
        return self._store.get("report", message_id)

    def take(self, message_id: str, insured: str, reply_to: str, size: int, switches: Switches) -> None:
        """Take a report; one that was taken before stays as it is."""
        with self._store.transaction():
            if self.find(message_id) is not None:
                return
            number = f"PEN/{datetime.now(UTC).year}/{self._store.next_number('case'):06d}"
            self._store.effect("ReportDeath", message_id, {"insured": insured, "certificate": size})
            self._store.put(
                "report",
                message_id,
                {
                    **{"number": number, "insured": insured, "reply_to": reply_to, "state": "TAKEN"},
                    **{"decided_at": "", "callback": "", "attempts": 0, "answer_id": ""},
                    **{"reject": switches.reject, "twice": switches.duplicate_callback},
                },
            )
        self._plan(self._settings.pace.decide + switches.late_seconds, self._decide, message_id)

    def outcome(self, name: str, report: JSON) -> Element:
        """A report's state as the answer of that name."""
        reasons = {"ReasonCode": "E090", "Reason": "the agency refuses every report at present"}
        fields = {"CaseNumber": report["number"], "State": report["state"]}
        fields |= reasons if report["state"] == "REFUSED" else {}
        element = tree(NS, "pen", name, **fields, DecidedAt=report["decided_at"])
        if report["state"] == "ENDED":
            document(element, "Letter", "decision.txt", f"The pension of {report['insured']} has ended.\n")
        return element

    def _plan(self, seconds: float, action: Callable[[str], None], message_id: str) -> None:
        self._timetable.after(seconds, lambda: action(message_id))

    def _decide(self, message_id: str) -> None:
        with self._store.transaction():
            report = self._store.get("report", message_id) or {}
            if report.get("state") != "TAKEN":
                return
            state = "REFUSED" if report["reject"] else "ENDED"
            decided = datetime.now(UTC).isoformat(timespec="seconds")
            self._store.put(
                "report", message_id, {**report, "state": state, "decided_at": decided, "callback": "due"}
            )
        self._tell(message_id)

    def _tell(self, message_id: str) -> None:
        report = self._store.get("report", message_id) or {}
        content = self.outcome("ReportDeathResponse", report)
        for _ in range(2 if report["twice"] else 1):
            status = letters.post(
                content,
                version="1.2",
                to=report["reply_to"],
                action=ACTION,
                relates_to=message_id,
                documents=CONTENT,
                seal=self._seal,
            )
        if status == 202:
            self._store.put("report", message_id, {**report, "callback": "told"})
            return
        attempts = int(report["attempts"]) + 1
        given_up = attempts >= ATTEMPTS or 400 <= status < 500
        state = f"given up after {status}" if given_up else "due"
        self._store.put("report", message_id, {**report, "attempts": attempts, "callback": state})
        if not given_up:
            self._plan(pause_before(attempts, self._settings.pace.backoff), self._tell, message_id)
