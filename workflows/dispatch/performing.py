"""The outside part of what a step asked for, without a transaction: mail sent, provider asked, PDF made.

Each result is kept on the job: ``{"outcome": "asked"}`` where the answer comes later, or ``{"outcome":
"answered", "answer", "value"}`` where it is there.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from workflows import ports
from workflows.dispatch.documents import make
from workflows.models import Case, Job, Notification, Request
from workflows.texts import filled, in_order

JSON = dict[str, Any]
ASKED: JSON = {"outcome": "asked", "reference": ""}


class CannotReach(Exception):
    """The definition gives no address at which somebody could be reached. A person must look."""


def perform(job: Job, case: Case) -> JSON:
    """Do it; raises AdapterError, OSError of the mail server, and what is final for a definition."""
    if job.payload["kind"] == "mail":
        return _mail(Notification.objects.select_related("user").get(pk=job.payload["notification"]))
    request = Request.objects.get(pk=job.payload["request"])
    if request.state != Request.State.WAITING:
        return ASKED
    return _PERFORMERS[Request.Kind(request.kind)](request, case)


def secret_hash(secret: str) -> str:
    """What a link's secret is found by; the secret itself is kept nowhere."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _mail(notification: Notification) -> JSON:
    """Send a notification; somebody without an address finds it in the portal alone."""
    person, messages = notification.user, in_order(notification.texts)
    if person.email and messages:
        parts = [f"{one['title']}\n\n{one.get('text', '')}" for one in messages]
        body = "\n\n".join([*parts, f"{settings.PORTAL_URL}/my/messages/"])
        title = filled(messages[0]["title"], notification.data)
        _send(title, filled(body, notification.data), person.email)
    return ASKED


def _link(request: Request, _case: Case) -> JSON:
    """Send the link. Sending it again makes another secret, and the one before it worthless."""
    address = request.value["to"].get("email")
    if not address:
        raise CannotReach("the step's `to` gives no email for this case")
    secret = secrets.token_urlsafe(32)
    request.key = secret_hash(secret)
    request.save(update_fields=["key"])
    texts = in_order(request.value["texts"])
    until = f"{request.due_at:%Y-%m-%d}" if request.due_at else ""
    body = "\n\n".join(f"{one['title']}\n\n{one.get('text', '')}" for one in texts)
    link = f"{settings.PORTAL_URL}/confirm/{secret}/"
    _send(texts[0]["title"], filled(f"{body}\n\n{link}\n\n{until}", request.value.get("show", {})), address)
    return ASKED


def _payment(request: Request, case: Case) -> JSON:
    provider = ports.payments(request.value["provider"])
    assert provider is not None  # noqa: S101 - the request was made for a provider
    return _begun(request, provider.begin(_asked(request, case)))


def _refund(request: Request, case: Case) -> JSON:
    provider = ports.payments(request.value["provider"])
    assert provider is not None  # noqa: S101 - as above
    return _begun(request, provider.refund(request.value["reference"], _asked(request, case)))


def _appointment(request: Request, case: Case) -> JSON:
    provider = ports.appointments(request.value["provider"])
    assert provider is not None  # noqa: S101 - as above
    return _begun(request, provider.offer(_asked(request, case)))


def _asked(request: Request, case: Case) -> ports.Asked:
    details = {key: request.value[key] for key in request.value if key not in ("provider", "subject")}
    back = f"{settings.PORTAL_URL}/my/cases/{case.reference}/"
    key = f"{case.reference}:{request.token}"
    return ports.Asked(key, case.reference, request.value["subject"], back, request.due_at, details)


def _begun(request: Request, begun: ports.Begun) -> JSON:
    request.reference, request.url = begun.reference, begun.url
    request.save(update_fields=["reference", "url"])
    if not begun.outcome:
        return ASKED
    value = {**begun.value, "reference": begun.reference}
    return {"outcome": "answered", "answer": begun.outcome, "value": value, "reference": ""}


def _document(request: Request, case: Case) -> JSON:
    made = make(request, case)
    value = {"document": str(made.public_id), "name": made.name, "sha256": made.sha256}
    return {"outcome": "answered", "answer": "made", "value": value, "reference": ""}


def _send(subject: str, body: str, address: str) -> None:
    send_mail(" ".join(subject.split()), body, None, [address], fail_silently=False)


_PERFORMERS: dict[Request.Kind, Callable[[Request, Case], JSON]] = {
    Request.Kind.LINK: _link,
    Request.Kind.PAYMENT: _payment,
    Request.Kind.REFUND: _refund,
    Request.Kind.APPOINTMENT: _appointment,
    Request.Kind.DOCUMENT: _document,
}
