"""Handing a mail to the agency's server (RFC 5321) over TLS; what goes wrong in the port's words."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from smtplib import SMTP
from urllib.parse import urlsplit

from django.conf import settings

from adapters import pinning
from adapters.connection_spec import ConnectionSpec
from adapters.delivery import pulse
from adapters.errors import AdapterError, Misconfigured, Unavailable
from adapters.kinds.email import pinned
from adapters.kinds.email.pinned import Line
from adapters.ports import Rejected, Wire
from adapters.tls import client_context

PORTS = {"smtp": 587, "smtps": 465}
TOO_LARGE = 552
NO_ENTRY = {530, 534, 535, 538}


class SmtpDoor:
    """The way to one mail server: ``smtp://`` begins in the open and must change to TLS, ``smtps://`` is TLS.

    ``starttls = false`` is for servers on the same machine alone.
    """

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        parts = urlsplit(spec.base_url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Misconfigured(spec.key, f"the address {spec.base_url!r} is not smtp://host:port")
        self.scheme, self.host = parts.scheme, parts.hostname
        self.port = parts.port or PORTS[parts.scheme]
        self.allowed = pinning.allowed_by(spec)
        self.seconds = spec.option("timeouts", {}).get("read", settings.EXCHANGE_READ_SECONDS)
        self.starttls = bool(spec.option("starttls", True))
        self.tls = client_context(spec)
        self.username, self.password = (
            spec.credentials.get("username", ""),
            spec.credentials.get("password", ""),
        )

    def send(self, mail: EmailMessage, timeout: float | None, wire: Wire) -> Rejected | None:
        """Hand over one mail; None once the server has taken it. Raises a child of AdapterError."""
        line = self._line(timeout)
        try:
            with self._connected(line) as server:
                self._prepare(line, server)
                pulse.insist(self.key)
                return self._handed_over(line, server, mail, wire)
        finally:
            line.hang_up()

    def _line(self, timeout: float | None) -> Line:
        seconds = min(self.seconds, timeout) if timeout is not None else self.seconds
        tls = self.tls if self.scheme == "smtps" else None
        return Line(self.key, self.host, self.port, self.allowed, seconds, tls)

    def _handed_over(self, line: Line, server: SMTP, mail: EmailMessage, wire: Wire) -> Rejected | None:
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            return self._answered(code, text, wire)
        except smtplib.SMTPResponseException as error:
            return self._answered(error.smtp_code, error.smtp_error, wire)
        except smtplib.SMTPNotSupportedError as error:
            raise Misconfigured(self.key, f"the server cannot do what is wanted: {error}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(self.key, f"no answer: {line.why(error)}", wire=wire) from error
        return None

    @contextmanager
    def _connected(self, line: Line) -> Iterator[SMTP]:
        try:
            server = pinned.smtp(line)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(self.key, f"no connection: {line.why(error)}", sent=False) from error
        try:
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _prepare(self, line: Line, server: SMTP) -> None:
        """TLS and login; nothing of a case has been said yet, so whatever fails here was not sent."""
        try:
            if self.scheme == "smtp" and self.starttls:
                server.starttls(context=self.tls)
            if self.username:
                server.login(self.username, self.password)
        except smtplib.SMTPAuthenticationError as error:
            raise Misconfigured(
                self.key, f"the server refuses our credentials ({error.smtp_code})"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Misconfigured(self.key, f"the server cannot do what is wanted: {error}") from error
        except ssl.SSLCertVerificationError as error:
            why = f"no secure connection: {error.verify_message}"
            raise Unavailable(self.key, why, sent=False) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(self.key, f"no session: {line.why(error)}", sent=False) from error

    def _answered(self, code: int, text: bytes | str, wire: Wire) -> Rejected:
        """RFC 5321 section 4.2.1: 4yz is for now, 5yz is for good."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        if code in NO_ENTRY:
            raise Misconfigured(self.key, f"the server refuses our credentials ({code})", wire=wire)
        if 500 <= code < 600:
            return Rejected(f"smtp-{code}", said[:500] or "the mail server refuses the mail")
        problem: AdapterError = Unavailable(
            self.key, f"the mail server is out of order ({code})", wire=wire, sent=False
        )
        raise problem
