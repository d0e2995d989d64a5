"""What agencies by e-mail share: a mail server that takes the portal's mails, and a mailbox for answers."""

import asyncio
import email
import logging
import socket
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import format_datetime, make_msgid

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.simulator.agency import Agency
from adapters.simulator.pop3 import Pop3Listener
from adapters.simulator.server import PortTaken
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.store import Store
from adapters.simulator.switches import Switches
from adapters.simulator.timetable import Timetable
from adapters.simulator.tls import authority, server_context

POP3_ABOVE = 4  # the post office's port above the mail server's
LETTERS = "letter"


class MailAgency(Agency):
    """Takes mails over SMTP with STARTTLS and a login; its own lie in a mailbox over POP3 with TLS."""

    switchable = frozenset(
        {
            *("down", "latency_ms", "http_500", "no_reply", "next_only", "reject", "late_seconds"),
            *("malformed", "wrong_contract", "wrong_encoding", "duplicate_callback"),
        }
    )

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self._tls = server_context(self.key, settings.data_dir)
        self._controller: Controller | None = None
        post = port + POP3_ABOVE if port else 0
        self._post = Pop3Listener(post, self._tls, _Letters(self.store), CLIENT_NAME, settings.secret)
        self._timetable = Timetable(self.key)

    @abstractmethod
    def take(self, mail: EmailMessage, content: bytes, switches: Switches) -> None:
        """Do what a mail wants; whatever is answered comes later, by :meth:`put`."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def authority(self) -> str:
        """Who certifies both servers, as PEM: the connection's credential ``ca``."""
        return authority(self.settings.data_dir).certificate

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
            ident=self.key,
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

    def put(self, content: bytes) -> None:
        """Lay a mail into the portal's mailbox."""
        name = f"{self.store.next_number(LETTERS):08d}"
        self.store.put(LETTERS, name, {"content": content.decode("latin-1")})

    def later(self, switches: Switches, write: Callable[[], bytes]) -> None:
        """Write a mail and lay it there after the time that the agency takes."""
        pause = self.settings.pace.decide + switches.late_seconds + switches.latency_ms / 1000
        for _ in range(2 if switches.duplicate_callback else 1):
            self._timetable.after(pause, lambda: self.put(write()))

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (
            CLIENT_NAME.encode(),
            self.settings.secret.encode(),
        )
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """One mail: taken or refused."""
        switches = self.weather(self.panel.take())
        if switches.http_500:
            return "451 4.3.0 The service is out of order"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = email.message_from_bytes(content, policy=MAIL)
        refusal = self.refusal(mail)
        if refusal:
            return refusal
        self.take(mail, content, switches)
        if switches.no_reply and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()  # it is done, but nobody is told so
        return "250 2.0.0 Taken"

    def refusal(self, mail: EmailMessage) -> str:
        """The reply that refuses a mail for good at the door, "" where it is taken."""
        return ""

    def weather(self, switches: Switches) -> Switches:
        """What goes wrong with one mail, besides what is switched."""
        return switches


def answer_to(mail: EmailMessage, sender: str) -> EmailMessage:
    """A mail without text that answers another, by its Reply-To and Message-ID (RFC 5322 section 3.6)."""
    reply = EmailMessage(policy=MAIL)
    reply["From"], reply["To"] = sender, str(mail["Reply-To"] or mail["From"])
    reply["Subject"] = f"Re: {mail['Subject']}"
    reply["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">"))
    reply["In-Reply-To"] = str(mail["Message-ID"])
    reply["Date"] = format_datetime(datetime.now().astimezone())
    return reply


def misspelt(content: bytes) -> bytes:
    """A mail in another encoding than it says, and one that nobody knows."""
    content = content.replace(b'charset="utf-8"', b'charset="utf-7-imap"')
    return content.replace(b"case", b"+AGM-ase")


def quoting(mail: EmailMessage, text: str) -> str:
    """A text above what it answers, as mail programs quote it."""
    body = mail.get_body(("plain",))
    original = str(body.get_content()) if body is not None else ""
    quoted = "\n".join(f"> {line}" for line in original.splitlines())
    return f"{text}\n\nOn {mail['Date']}, OneStop wrote:\n{quoted}\n"


class _Letters:
    """The portal's mailbox at this post office."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> dict[str, bytes]:
        """All mails, the oldest first."""
        letters = sorted(self._store.all(LETTERS).items())
        return {name: letter["content"].encode("latin-1") for name, letter in letters}

    def remove(self, name: str) -> None:
        """Taken away by the portal."""
        self._store.forget(LETTERS, name)


logging.getLogger("mail.log").setLevel(
    logging.CRITICAL
)  # aiosmtpd's own; sessions that break off are no news
