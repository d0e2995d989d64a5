"""The people's mail of Aurelia: a post office that takes every mail, and a page on which all of it is read.

The portal hands it what it writes to people (RFC 5321, without login); nobody outside gets a mail. The page
shows the newest first, one mail at ``/mails/7``; links in it can be followed, as a landlord or doctor would.
"""

import email
import re
import socket
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from adapters.simulator.control import POLICY
from adapters.simulator.server import Listener, PortTaken, Request, Response
from adapters.simulator.store import Store

PAGE, DOOR = 16, 17  # above the switchboard's port: the page, and where mail is handed in
LATEST = 200  # mails on the page; older ones are kept and reached by their number
LINK = re.compile(r"https?://[^\s<>\"]+")
STYLE = Path(__file__).parent.parent / "simulator" / "pages" / "style.css"
PAGES = Environment(
    loader=FileSystemLoader(
        [Path(__file__).parent / "pages", Path(__file__).parent.parent / "simulator" / "pages"]
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class PeoplesPost:
    """Takes mails and shows them. ``data_dir`` None keeps them in memory."""

    def __init__(self, data_dir: Path | None, page: int = 0, door: int = 0) -> None:
        self._store = Store(data_dir / "post.sqlite3" if data_dir else None)
        self._listener = Listener("the people's mail", self._answer, page)
        self._door = door
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Where the mails are read."""
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def door(self) -> int:
        """The port at which mail is handed in."""
        return self._door

    def start(self) -> None:
        """Begin to take mails; raises PortTaken."""
        if not self._door:
            with socket.create_server(("127.0.0.1", 0)) as free:  # the controller wants to know its port
                self._door = free.getsockname()[1]
        controller = Controller(self, "127.0.0.1", self._door, ident="post.aurelia.example")
        try:
            controller.start()
        except OSError as error:
            controller.stop(no_assert=True)
            controller.loop.close()
            raise PortTaken("the people's mail", self._door) from error
        self._controller = controller
        self._listener.open()

    def stop(self) -> None:
        """Take nothing any more."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()
        self._listener.close()
        self._store.close()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """One mail: taken, whoever it is for."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = f"{self._store.next_number('mail'):08d}"
        mail = {"to": envelope.rcpt_tos, "content": content.decode("latin-1")}
        self._store.put("mail", name, mail)
        return "250 2.0.0 Taken"

    def mails(self) -> list[dict[str, Any]]:
        """All mails, the newest first: ``number``, ``to``, ``subject``, ``at`` and ``text``."""
        kept = sorted(self._store.all("mail").items(), reverse=True)
        return [_read(name, value) for name, value in kept]

    def _answer(self, request: Request) -> Response:
        if request.method != "GET":
            return Response(405, b"only GET", "text/plain; charset=utf-8")
        if request.path == "/style.css":
            return Response(200, STYLE.read_bytes(), "text/css; charset=utf-8")
        if request.path == "/":
            mails = self.mails()
            return _page("mails.html", mails=mails[:LATEST], total=len(mails))
        found = re.fullmatch(r"/mails/([0-9]{1,8})", request.path)
        kept = self._store.get("mail", f"{int(found[1]):08d}") if found else None
        if kept is None:
            return Response(404, b"there is no such mail", "text/plain; charset=utf-8")
        mail = _read(request.path.rpartition("/")[2], kept)
        return _page("mail.html", mail=mail, text=_linked(mail["text"]))


def _read(name: str, kept: dict[str, Any]) -> dict[str, Any]:
    mail = email.message_from_bytes(kept["content"].encode("latin-1"), policy=MAIL)
    date = mail["Date"]
    at = f"{parsedate_to_datetime(str(date)):%Y-%m-%d %H:%M:%S}" if date else ""
    to = ", ".join(kept["to"])
    return {
        "number": int(name),
        "to": to,
        "subject": str(mail["Subject"] or ""),
        "at": at,
        "text": _text(mail),
    }


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def _linked(text: str) -> Markup:
    """The text with its addresses as links; everything else is text, whatever it looks like."""
    parts, at = [], 0
    for link in LINK.finditer(text):
        href = escape(link[0])
        parts += [escape(text[at : link.start()]), Markup('<a href="{0}">{0}</a>').format(href)]
        at = link.end()
    return Markup("").join([*parts, escape(text[at:])])


def _page(name: str, **values: Any) -> Response:
    body = PAGES.get_template(name).render(**values).encode()
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(200, body, "text/html; charset=utf-8", headers)
