"""Vestvik by e-mail: a clerk who reads the mails that come, and answers them."""

import json
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from adapters.sandbox import world
from adapters.simulator.mail import MailAgency, answer_to, misspelt, quoting
from adapters.simulator.switches import Switches

DOMAIN = "vestvik.aurelia.example"
CLERK = f"Freja Nilsson <freja.nilsson@{DOMAIN}>"
SAYS = {
    "opened": "Good day,\n\nThe case is opened. Our number is {number}.\n\nFreja Nilsson\nVestvik",
    "refused": "Good day,\n\nThe case is refused: no cases are opened at present.\n\nFreja Nilsson",
    "unclear": "Thank you, we shall see about it.",
}
JSON = dict[str, Any]


class Vestvik(MailAgency):
    """VES. A mail whose Message-ID was answered before is not answered again."""

    key = "vestvik"
    name = "Municipality of Vestvik"
    protocol = "e-mail with PDF/A, answered by a clerk's mail"

    def take(self, mail: EmailMessage, content: bytes, switches: Switches) -> None:
        key = str(mail["Message-ID"]).strip()
        with self.store.transaction():
            self.store.receive("open_case", key, content)
            if self.store.get("case", key) is not None:
                return
            answer = self._decide(mail, key, switches)
            self.store.put("case", key, answer)
        self.put(self._machine(mail))
        self.later(switches, lambda: self._letter(mail, answer))

    def _decide(self, mail: EmailMessage, key: str, switches: Switches) -> JSON:
        """What the clerk makes of the mail: the data is read, the document must be there."""
        parts = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk()}
        document, data = parts.get("application/pdf"), parts.get("application/json")
        if (
            not isinstance(document, bytes)
            or not document.startswith(b"%PDF-")
            or not isinstance(data, bytes)
        ):
            return {"says": "refused", "damage": Switches().as_json()}
        person = json.loads(data)["person"]["identifier"]["notation"]
        damage = switches.as_json()
        if switches.reject or person not in world.people():
            return {"says": "refused", "damage": damage}
        number = f"VES-{datetime.now():%Y}-{self.store.next_number('case')}"
        self.store.effect("open_case", key, {"person": person, "number": number})
        return {"says": "opened", "number": number, "damage": damage}

    def _letter(self, mail: EmailMessage, answer: JSON) -> bytes:
        damage = Switches(**answer["damage"])
        says = "unclear" if damage.malformed else answer["says"]
        letter = answer_to(mail, CLERK if not damage.wrong_contract else "clerk@elsewhere.example")
        letter.set_content(quoting(mail, SAYS[says].format(number=answer.get("number", ""))))
        return misspelt(letter.as_bytes()) if damage.wrong_encoding else letter.as_bytes()

    def _machine(self, mail: EmailMessage) -> bytes:
        """The office's machine says at once that a mail came in, as such machines do."""
        note = answer_to(mail, f"kommun@{DOMAIN}")
        note["Auto-Submitted"] = "auto-replied"
        note.set_content("Thank you for your mail. The case is opened by a clerk within a few days.\n")
        return note.as_bytes()
