"""A simulated agency tells the portal by itself: a status with a token, a signed notice, a SOAP answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from adapters.simulator import letters
from adapters.simulator.answering import Service
from adapters.simulator.callbacks import ATTEMPTS, NotTaken, pause_before, post_status
from adapters.simulator.generated import Generated
from adapters.simulator.owed import JOBS, Later, Owed
from adapters.simulator.promises import REASON, Ending
from adapters.simulator.settings import Settings
from adapters.simulator.soap import SoapService
from adapters.simulator.timetable import Timetable
from adapters.simulator.webhooks import Webhooks

JSON = dict[str, Any]
DUE = "due"


class Telling:
    """Tells of every job when its time has come, and again until it is taken; ``by`` is of ``[later]``."""

    def __init__(
        self,
        key: str,
        by: str,
        script: Generated,
        service: Service,
        settings: Settings,
        say: Callable[[str], None],
    ) -> None:
        if script.owed is None:
            raise TypeError("a script without promises tells nothing")
        self._key, self._by, self._settings, self._say = key, by, settings, say
        self._script, self._service = script, service
        self._owed: Owed = script.owed
        self._webhooks = Webhooks(key, settings)
        self._timetable = Timetable(f"{key}-later")
        self._owed.told = self._plan

    def start(self) -> None:
        """Begin, with what an earlier run left untold."""
        self._timetable.start()
        self._webhooks.start()
        for number, job in self._owed.store.all(JOBS).items():
            if job["told"] in {"", DUE}:
                self._plan(number)

    def stop(self) -> None:
        """Tell nothing more."""
        self._timetable.stop()
        self._webhooks.stop()

    def _plan(self, number: str) -> None:
        job = self._owed.store.get(JOBS, number) or {}
        promise = self._owed.promises[job["operation"]]
        is_told = promise.by_letter or self._by in {"status", "notice"}
        if self._owed.later is Later.NEVER or not is_told:
            return
        wait = (datetime.fromisoformat(job["due"]) - datetime.now(UTC)).total_seconds()
        self._timetable.after(max(wait, 0), lambda: self._tell(number))

    def _tell(self, number: str) -> None:
        job = self._owed.store.get(JOBS, number) or {}
        promise = self._owed.promises[job["operation"]]
        portal = self._settings.portal_url
        address = job["callback"] or f"{portal}/api/v1/agencies/{self._key}/status"
        if not portal or not address.startswith(f"{portal}/"):
            where = f"{address} lies outside the portal" if portal else "no portal is named (--portal)"
            self._end(number, f"not told: {where}")
            return
        if self._by == "notice" and not promise.by_letter:
            self._webhooks.plan(number, 0, twice=job["twice"])
            self._end(number, "noticed")
            return
        ending = self._owed.ending(promise, "")
        status = self._status(number, job, ending)
        try:
            for _ in range(2 if job["twice"] else 1):
                if promise.by_letter:
                    outcome = self._letter(number, job, ending)
                else:
                    outcome = post_status(self._settings, self._key, address, status)
        except NotTaken as error:
            self._again(number, job, error)
        else:
            self._end(number, f"told: {outcome}")

    def _status(self, number: str, job: JSON, ending: Ending) -> JSON:
        is_refused = self._owed.later is Later.REJECTED
        word = ending.words.get("status") or ("refused" if is_refused else "accepted")
        told = {"messageId": job["told_as"], "reference": number, "status": word, "decidedAt": job["due"]}
        return {**told, "reason": REASON} if is_refused else told

    def _letter(self, number: str, job: JSON, ending: Ending) -> str:
        service = self._service
        if not isinstance(service, SoapService):
            raise TypeError("letters are a matter of SOAP")
        operation = service.operations[job["operation"]]
        content = self._script.told(operation.name, ending, job["known"], number)
        status = letters.post(
            content,
            version=operation.soap_version,
            to=job["callback"],
            action=f"{operation.action}Response",
            relates_to=number,
            documents=service.documents_of(content),
            seal=service.seal(),
        )
        if status not in {200, 202}:
            is_final = 400 <= status < 500
            raise NotTaken(f"the portal answered with {status}" if status else "no answer", is_final=is_final)
        return str(status)

    def _again(self, number: str, job: JSON, error: NotTaken) -> None:
        attempts = int(job["attempts"]) + 1
        if error.is_final or attempts >= ATTEMPTS:
            self._end(number, f"given up: {error}")
            return
        self._owed.store.put(JOBS, number, {**job, "attempts": attempts, "told": DUE})
        self._say(f"{number} was not told (attempt {attempts}): {error}")
        pause = pause_before(attempts, self._settings.pace.backoff)
        self._timetable.after(pause, lambda: self._tell(number))

    def _end(self, number: str, outcome: str) -> None:
        job = self._owed.store.get(JOBS, number) or {}
        self._owed.store.put(JOBS, number, {**job, "told": outcome})
        self._say(f"later: {number} {outcome}")
