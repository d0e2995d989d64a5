"""Webhooks of TAX and BRG: a signed notice that something was decided, without saying how."""

import json
import logging
import uuid

import requests

from adapters.authentication.request_hmac import RequestHmac
from adapters.sandbox.callbacks import ATTEMPTS, TIMEOUT, pause_before
from adapters.sandbox.settings import CLIENT_NAME, Settings
from adapters.sandbox.timetable import Timetable

log = logging.getLogger(__name__)


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
        try:
            with requests.Session() as session:
                session.trust_env = False
                reply = session.post(address, body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            log.warning("the portal was not told: %s", error)
        else:
            if reply.status_code < 500:
                return
        if attempt < ATTEMPTS:
            pause = pause_before(attempt, self._settings.pace.backoff)
            self._timetable.after(pause, lambda: self._tell(body, attempt + 1))
