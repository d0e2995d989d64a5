"""Moves notified to the population register: taken, decided a little later, told to the portal."""

import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox import world
from adapters.sandbox.npr_messages import refusal
from adapters.sandbox.npr_residents import Residents
from adapters.simulator.callbacks import ATTEMPTS, NotTaken, pause_before, post_status
from adapters.simulator.settings import Settings
from adapters.simulator.store import Store
from adapters.simulator.switches import Switches
from adapters.simulator.timetable import Timetable

JSON = dict[str, Any]
log = logging.getLogger(__name__)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Moves:
    """All moves, kept in the store: a register that is restarted goes on where it was."""

    def __init__(self, settings: Settings, store: Store, residents: Residents) -> None:
        self._settings = settings
        self._store = store
        self.residents = residents
        self._timetable = Timetable("npr")

    def resume(self) -> None:
        """Begin, with what an earlier run left undecided or untold."""
        for transaction, move in self._store.all("move").items():
            if move["status"] == "received":
                self._plan(0, self._decide, transaction)
            elif move["callback_state"] == "due":
                self._plan(0, self._tell, transaction)
        self._timetable.start()

    def stop(self) -> None:
        """Decide and tell nothing more."""
        self._timetable.stop()

    def find(self, transaction: str) -> JSON:
        """Return a move; raises Refusal T001."""
        move = self._store.get("move", transaction)
        if move is None:
            raise refusal("T001", "no such transaction", "TransactionNumber")
        return move

    def by_message(self, message_id: str) -> JSON | None:
        """The move that a message was taken as, if it was."""
        known = self._store.get("message", message_id)
        return self.find(known["transaction"]) if known else None

    def take(
        self, message_id: str, movers: list[str], address: JSON, callback: str, switches: Switches
    ) -> JSON:
        """Take a move for decision. The message must not have been taken before."""
        with self._store.transaction():
            known = self.by_message(message_id)
            if known is not None:  # the same message came twice at once
                return known
            number = self._store.next_number("transaction")
            transaction = f"NPR-{datetime.now(UTC).year}-{number:08d}"
            move = {
                **{"transaction": transaction, "movers": movers, "address": address, "callback": callback},
                **{"status": "received", "reason_code": "", "reason": "", "decided_at": ""},
                **{"received_at": _now(), "told_as": str(uuid.uuid4()), "callback_state": "", "attempts": 0},
                **{"reject": switches.reject, "tell_twice": switches.duplicate_callback},
            }
            self._store.effect("RegisterMove", message_id, {"transaction": transaction, "movers": movers})
            self._store.put("message", message_id, {"transaction": transaction})
            self._store.put("move", transaction, move)
        self._plan(self._settings.pace.decide + switches.late_seconds, self._decide, transaction)
        return move

    def confirm(self, transaction: str, *, message_id: str, status: str, officer: str, grounds: str) -> JSON:
        """Write down what an officer decided; raises Refusal T001 or T002. The portal is not called back."""
        with self._store.transaction():
            move = self.find(transaction)
            known = self._store.get("confirmation", message_id)
            if known is not None:
                return move
            if move["status"] != "unsure":
                raise refusal("T002", "the transaction does not await an officer", "TransactionNumber")
            self._store.effect("ConfirmMove", message_id, {"transaction": transaction, "officer": officer})
            self._store.put("confirmation", message_id, {"transaction": transaction})
            return self._settle(move, status, "OFF", f"{officer}: {grounds}"[:500])

    def _plan(self, seconds: float, action: Any, transaction: str) -> None:
        self._timetable.after(seconds, lambda: action(transaction))

    def _decide(self, transaction: str) -> None:
        with self._store.transaction():
            move = self.find(transaction)
            if move["status"] != "received":
                return
            status, code, reason = self._judge(move)
            self._settle({**move, "callback_state": "due"}, status, code, reason)
        self._tell(transaction)

    def _judge(self, move: JSON) -> tuple[str, str, str]:
        movers, key = move["movers"], move["address"]["addressID"]
        if move["reject"]:
            return "refused", "R090", "the register refuses every move at present"
        if not key:
            return "unsure", "U010", "the address was written by hand and has no dwelling number"
        if all(self.residents.home_of(number)["address"]["addressID"] == key for number in movers):
            return "refused", "R030", "the moving persons are registered at this dwelling already"
        if any(world.has_quirk(world.people()[number], "npr-unsure") for number in movers):
            return "unsure", "U030", "an earlier entry about a moving person contradicts this move"
        if not self.residents.has_room(key, movers):
            return "unsure", "U020", "more persons would be registered than the dwelling is approved for"
        return "registered", "", ""

    def _settle(self, move: JSON, status: str, code: str, reason: str) -> JSON:
        settled = {**move, "status": status, "reason_code": code, "reason": reason, "decided_at": _now()}
        if status == "registered":
            self.residents.move(move["movers"], move["address"], move["transaction"])
        self._store.put("move", move["transaction"], settled)
        return settled

    def _tell(self, transaction: str) -> None:
        move = self.find(transaction)
        if not self._settings.portal_url:
            self._store.put("move", transaction, {**move, "callback_state": "no portal to tell"})
            return
        status = {
            "messageId": move["told_as"],
            "reference": transaction,
            "status": move["status"],
            "reason": move["reason"],
            "reasonCode": move["reason_code"],
            "decidedAt": move["decided_at"],
        }
        try:
            for _ in range(2 if move["tell_twice"] else 1):
                outcome = post_status(self._settings, "npr", move["callback"], status)
        except NotTaken as error:
            self._tell_again(move, error)
            return
        self._store.put("move", transaction, {**self.find(transaction), "callback_state": f"told:{outcome}"})

    def _tell_again(self, move: JSON, error: NotTaken) -> None:
        attempts = int(move["attempts"]) + 1
        given_up = error.is_final or attempts >= ATTEMPTS
        log.warning("%s was not told (attempt %d): %s", move["transaction"], attempts, error)
        state = "given up" if given_up else "due"
        current = self.find(move["transaction"])
        self._store.put(
            "move", move["transaction"], {**current, "attempts": attempts, "callback_state": state}
        )
        if not given_up:
            self._plan(pause_before(attempts, self._settings.pace.backoff), self._tell, move["transaction"])
