"""E-mail behind the port: sent once a key, answered by a mail that carries the key's token back."""

import hashlib
from datetime import timedelta
from email.message import EmailMessage

from django.db import IntegrityError
from django.utils import timezone

from adapters import exchange_log, exchange_rows
from adapters.connection_spec import ConnectionSpec
from adapters.delivery import gate
from adapters.documents import put_wire
from adapters.errors import Misconfigured, NotUnderstood, Refused, Unavailable
from adapters.kinds.email import reading
from adapters.kinds.email.answers import Answers
from adapters.kinds.email.mailbox import BROKEN, Mailbox
from adapters.kinds.email.reading import Kind
from adapters.kinds.email.smtp import SmtpDoor
from adapters.kinds.email.writing import Form, compose
from adapters.mapping.paths import getter
from adapters.models import Exchange
from adapters.ports import Context, Pending, Reply, Request, Wire
from adapters.post import InboundMail, Postbox
from onestop.lib.sealing import blind_index

MOST = 200  # mails taken at a time
MAIL = "message/rfc822"


class EmailAdapter:
    """One agency by e-mail. Keeps mails in this portal's own database, so it works in the caller's thread."""

    local = True

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.smtp, self.mailbox = SmtpDoor(spec), Mailbox(spec)
        self.sender, self.recipient = str(spec.option("from")), str(spec.option("to"))
        self.domains = frozenset(str(one).lower() for one in spec.option("sender_domains"))
        self.poll = timedelta(seconds=spec.option("poll_seconds"))
        operations = spec.mapping().get("operations", {})
        self.forms = {name: _form(spec.key, name, table) for name, table in operations.items()}
        self.answers = {name: Answers.of(spec.key, name, table) for name, table in operations.items()}
        self.required = {
            name: [(path, getter(path)) for path in table.get("requires", [])]
            for name, table in operations.items()
        }

    def send(self, request: Request) -> Reply:
        """Hand the mail to the agency's server; raises a child of AdapterError."""
        form = self._form_of(request)
        if not request.context.idempotency_key:
            raise Refused(self.key, "a mail needs an idempotency key")
        for path, get in self.required[request.operation]:
            if get(request.value) is None:
                raise Refused(self.key, "is required by the agency", field=path)
        token = self._token(request.context.idempotency_key)
        mail = compose(
            form,
            request,
            token=token,
            sender=self.sender,
            recipient=self.recipient,
            now=timezone.localtime(),
        )
        refused = self.smtp.send(mail, request.timeout, _wire(mail, "given up"))
        if refused is not None:
            return Reply(refused, _wire(mail, refused.code))
        return Reply(Pending(token, self.poll), _wire(mail, "taken"))

    def check(self, request: Request, reference: str) -> Reply:
        """Empty the mailbox and see whether the answer was in it; raises a child of AdapterError."""
        self._form_of(request)
        self._empty(request.timeout)
        wanted = InboundMail.objects.filter(
            connection=self.key, token=reference, kind__in=(Kind.ANSWER, Kind.BOUNCE)
        )
        unclear = Wire()
        for row in wanted.order_by("received_at", "id"):
            content = row.content
            wire = Wire(reference.encode(), content, "text/plain", MAIL, row.kind)
            result = self.answers[request.operation].conclude(reading.read(content, self.domains))
            if result is not None:
                return Reply(result, wire)
            unclear = wire
        if unclear.received:
            raise NotUnderstood(self.key, "the mail says neither yes nor no", line=1, wire=unclear)
        return Reply(Pending(reference, self.poll), Wire(reference.encode(), status="no answer yet"))

    def unmapped(self) -> dict[str, list[str]]:
        """Nothing: a mail carries the whole value."""
        return {}

    def _form_of(self, request: Request) -> Form:
        try:
            return self.forms[request.operation]
        except KeyError as error:
            message = f"mapping.toml has no operation {request.operation!r}"
            raise Misconfigured(self.key, message) from error

    def _token(self, idempotency_key: str) -> str:
        """32 hexadecimal digits that only this portal can make from a key, and nobody can guess."""
        return blind_index(idempotency_key, purpose=f"mail {self.key}")[:32]

    def _empty(self, timeout: float | None) -> None:
        """Take every mail into our own database, then from the server; one worker at a time."""
        box, _ = Postbox.objects.get_or_create(connection=self.key)
        if not box.lease(timezone.now()):
            return
        try:
            session = self.mailbox.open(timeout)
            try:
                for name, content in session.mails(MOST):
                    self._keep(content)
                    session.remove(name)
            except BROKEN as error:
                why = f"the mailbox broke off: {error or 'closed'}"
                raise Unavailable(self.key, why, sent=False) from error
            finally:
                session.close()
        finally:
            box.release(timezone.now())

    def _keep(self, content: bytes) -> None:
        mail = reading.read(content, self.domains)
        row = InboundMail(
            connection=self.key,
            digest=hashlib.sha256(content).hexdigest(),
            token=mail.token if mail.kind in (Kind.ANSWER, Kind.BOUNCE) else "",
            kind=mail.kind,
        )
        row.content = content
        if InboundMail.objects.filter(connection=self.key, digest=row.digest).exists():
            return
        try:
            row.save(force_insert=True)
        except IntegrityError:  # another worker took the same mail at the same moment
            return
        if mail.kind in (Kind.UNKNOWN, Kind.MACHINE):
            self._show(content, mail)

    def _show(self, content: bytes, mail: reading.Mail) -> None:
        """A mail that answers no case: in the exchange log, where a person finds it."""
        row = exchange_log.begun(self.key, "mail", {}, Context(mail.token, ""))
        row.direction = Exchange.Direction.IN.value
        put_wire(row, "received", content, gate.policy(self.key).claim_check)
        row.received_type = MAIL
        is_machine = mail.kind == Kind.MACHINE
        state = Exchange.State.ACCEPTED if is_machine else Exchange.State.NOT_UNDERSTOOD
        row.state = state.value
        row.detail = exchange_log.fit(f"{mail.kind}: {mail.why}", "detail")
        row.finished_at = timezone.now()
        exchange_rows.insert(row)


def _wire(mail: EmailMessage, status: str) -> Wire:
    return Wire(mail.as_bytes(), b"", MAIL, "", status)


def _form(key: str, name: str, table: dict[str, object]) -> Form:
    labels, lines = table.get("labels", {}), table.get("lines", [])
    if "subject" not in table or not isinstance(labels, dict) or not isinstance(lines, list):
        raise Misconfigured(key, f"mapping.toml: {name} must say subject, lines and labels")
    return Form(str(table["subject"]), tuple(map(str, lines)), labels, str(table.get("language", "en")))


def build(spec: ConnectionSpec) -> EmailAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return EmailAdapter(spec)
