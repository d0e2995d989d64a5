"""Vestvik by e-mail: a mail server, a clerk who reads and answers, and the mailbox where answers lie."""

import asyncio
import email
import json
import logging
import socket
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import format_datetime, make_msgid
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.sandbox import world
from adapters.simulator.agency import Agency
from adapters.simulator.pop3 import Pop3Listener
from adapters.simulator.server import PortTaken
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.switches import Switches
from adapters.simulator.timetable import Timetable
from adapters.simulator.tls import server_context

POP3_ABOVE = 4  # the post office's port above the mail server's
DOMAIN = "vestvik.aurelia.example"
CLERK = f"Freja Nilsson <freja.nilsson@{DOMAIN}>"
SAYS = {
    "opened": "Good day,\n\nThe case is opened. Our number is {number}.\n\nFreja Nilsson\nVestvik",
    "refused": "Good day,\n\nThe case is refused: no cases are opened at present.\n\nFreja Nilsson",
    "unclear": "Thank you, we shall see about it.",
}
JSON = dict[str, Any]


class Vestvik(Agency):
    """VES. A mail whose Message-ID was answered before is not answered again."""

    key = "vestvik"
    name = "Municipality of Vestvik"
    protocol = "e-mail with PDF/A, answered by a clerk's mail"
    switchable = frozenset(
        {
            *("down", "latency_ms", "http_500", "no_reply", "next_only", "reject", "late_seconds"),
            *("malformed", "wrong_contract", "wrong_encoding", "duplicate_callback"),
        }
    )

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        folder = settings.data_dir
        self._tls = server_context(self.key, folder)
        self._controller: Controller | None = None
        post = port + POP3_ABOVE if port else 0
        self._post = Pop3Listener(post, self._tls, _Letters(self), CLIENT_NAME, settings.secret)
        self._timetable = Timetable(self.key)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def mailbox_url(self) -> str:
        """Where the answers lie."""
        return f"pop3s://127.0.0.1:{self._post.port}"

    def open(self) -> None:
        if self._controller is not None:
            return
        if not self._port:
            with socket.create_server(("127.0.0.1", 0)) as free:  # the controller wants to know its port
                self._port = free.getsockname()[1]
        controller = Controller(
            self,
            "127.0.0.1",
            self._port,
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
            ident="Vestvik",
        )
        try:
            controller.start()
        except OSError as error:
            controller.stop(no_assert=True)
            raise PortTaken(self.key, self._port) from error
        self._controller = controller
        self._post.open()

    def close(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()
        self._post.close()

    def start(self) -> None:
        super().start()
        self._timetable.start()

    def stop(self) -> None:
        self._timetable.stop()
        super().stop()

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (
            CLIENT_NAME.encode(),
            self.settings.secret.encode(),
        )
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """One mail: taken or refused. The answer comes later, by mail."""
        switches = self.panel.take()
        if switches.http_500:
            return "451 4.3.0 The service is out of order"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self._take(content, switches)
        if switches.no_reply and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()  # it is done, but nobody is told so
        return "250 2.0.0 Taken"

    def _take(self, content: bytes, switches: Switches) -> None:
        mail = email.message_from_bytes(content, policy=MAIL)
        key = str(mail["Message-ID"]).strip()
        with self.store.transaction():
            self.store.receive("open_case", key, content)
            if self.store.get("case", key) is not None:
                return
            answer = self._decide(mail, key, switches)
            self.store.put("case", key, answer)
        pause = self.settings.pace.decide + switches.late_seconds + switches.latency_ms / 1000
        copies = 2 if switches.duplicate_callback else 1
        self._put(self._machine(mail))
        for _ in range(copies):
            self._timetable.after(pause, lambda: self._put(self._letter(mail, answer)))

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
        text = SAYS[says].format(number=answer.get("number", ""))
        quoted = "\n".join(f"> {line}" for line in _first_text(mail).splitlines())
        letter = self._reply(mail, CLERK if not damage.wrong_contract else "clerk@elsewhere.example")
        letter.set_content(f"{text}\n\nOn {mail['Date']}, OneStop wrote:\n{quoted}\n")
        content = letter.as_bytes()
        if damage.wrong_encoding:
            content = content.replace(b'charset="utf-8"', b'charset="utf-7-imap"').replace(
                b"case", b"+AGM-ase"
            )
        return content

    def _machine(self, mail: EmailMessage) -> bytes:
        """The office's machine says at once that a mail came in, as such machines do."""
        note = self._reply(mail, f"kommun@{DOMAIN}")
        note["Auto-Submitted"] = "auto-replied"
        note.set_content("Thank you for your mail. The case is opened by a clerk within a few days.\n")
        return note.as_bytes()

    def _reply(self, mail: EmailMessage, sender: str) -> EmailMessage:
        reply = EmailMessage(policy=MAIL)
        reply["From"], reply["To"] = sender, str(mail["Reply-To"])
        reply["Subject"] = f"Re: {mail['Subject']}"
        reply["Message-ID"], reply["In-Reply-To"] = make_msgid(domain=DOMAIN), str(mail["Message-ID"])
        reply["Date"] = format_datetime(datetime.now().astimezone())
        return reply

    def _put(self, content: bytes) -> None:
        name = f"{self.store.next_number('letter'):08d}"
        self.store.put("letter", name, {"content": content.decode("latin-1")})


class _Letters:
    """The portal's mailbox at this post office."""

    def __init__(self, agency: Vestvik) -> None:
        self._store = agency.store

    def list(self) -> dict[str, bytes]:
        """All mails, the oldest first."""
        letters = sorted(self._store.all("letter").items())
        return {name: letter["content"].encode("latin-1") for name, letter in letters}

    def remove(self, name: str) -> None:
        """Taken away by the portal."""
        self._store.forget("letter", name)


def _first_text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


logging.getLogger("mail.log").setLevel(
    logging.CRITICAL
)  # aiosmtpd's own; sessions that break off are no news
