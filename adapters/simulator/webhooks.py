"""Webhooks: a signed notice that something was decided, without saying how, and agencies that send them."""

import json
import uuid

from adapters.authentication.request_hmac import RequestHmac
from adapters.simulator.callbacks import ATTEMPTS, pause_before, post_once
from adapters.simulator.contracted import ContractAgency
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.timetable import Timetable


class Webhooks:
    """Notices owed to the portal. A restart forgets them: who was not told asks anyway."""

    def __init__(self, agency: str, settings: Settings) -> None:
        self._agency = agency
        self._settings = settings
        self._hmac = RequestHmac(CLIENT_NAME, settings.secret.encode())
        self._timetable = Timetable(agency)

    def start(self) -> None:
        """Begin to tell."""
        self._timetable.start()

    def stop(self) -> None:
        """Tell nothing more."""
        self._timetable.stop()

    def plan(self, job: str, seconds: float, *, twice: bool) -> None:
        """Tell of a job, ``seconds`` from now."""
        if self._settings.portal_url:
            body = json.dumps({"messageId": str(uuid.uuid4()), "reference": job}).encode()
            for _ in range(2 if twice else 1):
                self._timetable.after(seconds, lambda: self._tell(body, 1))

    def _tell(self, body: bytes, attempt: int) -> None:
        address = f"{self._settings.portal_url}/api/v1/agencies/{self._agency}/notice"
        headers = {"Content-Type": "application/json", **self._hmac.headers("POST", address, {}, body)}
        reply = post_once(address, body, headers)
        if reply is not None and reply.status_code < 500:
            return
        if attempt < ATTEMPTS:
            pause = pause_before(attempt, self._settings.pace.backoff)
            self._timetable.after(pause, lambda: self._tell(body, attempt + 1))


class NoticingAgency(ContractAgency):
    """An agency that says by notices that it has decided."""

    switchable = ContractAgency.switchable | {"late_seconds", "duplicate_callback"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.webhooks = Webhooks(self.key, settings)

    def start(self) -> None:
        super().start()
        self.webhooks.start()

    def stop(self) -> None:
        self.webhooks.stop()
        super().stop()
