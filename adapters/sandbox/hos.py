"""The Hospital: tells the portal of births and deaths, as signed CloudEvents, until they are taken."""

import json
import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from joserfc.jwk import ECKey

from adapters.authentication import event_jws
from adapters.events import MEDIA_TYPE
from adapters.sandbox.identities import identity
from adapters.simulator.agency import HttpAgency
from adapters.simulator.callbacks import ATTEMPTS, pause_before, post_once
from adapters.simulator.server import Request, Response
from adapters.simulator.settings import Settings
from adapters.simulator.switches import SwitchError, Switches
from adapters.simulator.timetable import Timetable

SOURCE = "urn:aurelia:hos"
MOTHER, DECEASED = "19850312T4240", "19550303T5574"
log = logging.getLogger(__name__)


def signing_key(folder: Any) -> ECKey:
    """The hospital's own key; its ``kid`` is the thumbprint."""
    key = ECKey.import_key(identity("hos", folder).key)
    key.ensure_kid()
    return key


def public_keys(folder: Any) -> str:
    """The key set (RFC 7517) that the hospital publishes, as JSON."""
    return json.dumps({"keys": [signing_key(folder).as_dict(private=False)]})


class Hospital(HttpAgency):
    """HOS. Nobody asks it anything: it publishes its keys and sends events."""

    key = "hos"
    name = "Hospital"
    protocol = "CloudEvents signed with JWS, sent to the portal; its keys"
    switchable = frozenset({"down", "duplicate_callback", "malformed", "wrong_contract"})
    actions = {"birth": "Report a birth", "death": "Report a death"}

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self._timetable = Timetable(self.key)

    def start(self) -> None:
        super().start()
        self._timetable.start()

    def stop(self) -> None:
        self._timetable.stop()
        super().stop()

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.method == "GET" and request.path == "/.well-known/jwks.json":
            return Response(200, public_keys(self.settings.data_dir).encode(), "application/json")
        return Response(404, b"The hospital sends events and takes none.\n", "text/plain; charset=utf-8")

    def act(self, action: str) -> None:
        """Tell the portal of a birth or a death, now."""
        if action not in self.actions:
            raise SwitchError(f"{self.key} can report {', '.join(self.actions)}, not {action[:40]!r}")
        event = new_event(action)
        switches = self.panel.take()
        if switches.wrong_contract:
            event["data"] = {"unheard": "of"}
        body = json.dumps(event, ensure_ascii=False).encode()
        if switches.malformed:
            body = body[:-7]
        self.store.receive(action, event["id"], body)
        for _ in range(2 if switches.duplicate_callback else 1):
            self._timetable.after(0, lambda: self._tell(action, event["id"], body, 1))

    def _tell(self, action: str, event_id: str, body: bytes, attempt: int) -> None:
        if not self.settings.portal_url:
            return
        signature = event_jws.sign(body, signing_key(self.settings.data_dir), time.time())
        headers = {"Content-Type": MEDIA_TYPE, event_jws.HEADER: signature}
        address = f"{self.settings.portal_url}/api/v1/agencies/{self.key}/events"
        reply = post_once(address, body, headers)
        if reply is not None and reply.status_code == 202:
            self.store.effect(action, event_id, reply.json())
            return
        if reply is not None and reply.status_code < 500:
            log.error("the portal refused an event: %s %s", reply.status_code, reply.text[:500])
            return
        if attempt < ATTEMPTS:
            pause = pause_before(attempt, self.settings.pace.backoff)
            self._timetable.after(pause, lambda: self._tell(action, event_id, body, attempt + 1))


def new_event(action: str) -> dict[str, Any]:
    """A birth to Maria, or the death of a person of the demo world."""
    now = datetime.now(UTC)
    data: dict[str, Any] = {
        "birth": {
            "mother": MOTHER,
            "dateOfBirth": now.date().isoformat(),
            "timeOfBirth": f"{now:%H:%M}",
            "sex": "female",
            "placeOfBirth": "Eastholm",
            "ward": "Maternity 2",
        },
        "death": {
            "person": DECEASED,
            "dateOfDeath": now.date().isoformat(),
            "placeOfDeath": "Vestvik",
        },
    }[action]
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": SOURCE,
        "type": f"aurelia.hos.{action}.v1",
        "time": now.isoformat(timespec="seconds"),
        "subject": data.get("mother") or data["person"],
        "datacontenttype": "application/json",
        "data": data,
    }
