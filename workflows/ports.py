"""What the portal needs of others for a fee and for a time: ports, and which provider stands behind each.

A provider is a dotted path to a function without arguments that makes it. Without one a person of the unit
says what happened (:mod:`workflows.dispatch.manual`). What it tells later arrives by
:func:`workflows.services.requests.settle`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings

PAID, NOT_PAID = "paid", "not-paid"
REFUNDED, NOT_REFUNDED = "refunded", "not-refunded"
BOOKED, NOT_BOOKED = "booked", "not-booked"
# kind of request -> what its provider can say in the end; anything else is refused
OUTCOMES: dict[str, tuple[str, ...]] = {
    "payment": (PAID, NOT_PAID),
    "refund": (REFUNDED, NOT_REFUNDED),
    "appointment": (BOOKED, NOT_BOOKED),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a provider is asked. ``key`` is the same however often; ``back`` is where people return."""

    key: str
    case: str
    subject: str
    back: str
    until: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)  # amount and currency, or unit, minutes and place


@dataclass(frozen=True, slots=True)
class Begun:
    """The provider took it: its number, where the person goes now, and ``outcome`` if it is over at once."""

    reference: str
    url: str = ""
    outcome: str = ""
    value: dict[str, Any] = field(default_factory=dict)


class Payments(Protocol):
    """Takes fees. Raises AdapterError, whose ``retryable`` says whether to try again."""

    def begin(self, asked: Asked) -> Begun:
        """Ask for ``details["amount"]`` in ``details["currency"]``."""
        ...

    def refund(self, reference: str, asked: Asked) -> Begun:
        """Give a payment back whole; ``outcome`` is ``refunded`` or, where it takes time, empty."""
        ...


class Appointments(Protocol):
    """Books times. Raises AdapterError."""

    def offer(self, asked: Asked) -> Begun:
        """Offer times of ``details["unit"]``; the person chooses at ``url``."""
        ...

    def withdraw(self, reference: str) -> None:
        """The time is not needed any more."""
        ...


@lru_cache(maxsize=8)
def _made(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)()


def payments(key: str = "") -> Payments | None:
    """The provider of this name, or the portal's own; None where people book payments by hand."""
    provider: Payments | None = _provider(settings.PAYMENT_PROVIDERS, key)
    return provider


def appointments(key: str = "") -> Appointments | None:
    """The provider of this name, or the portal's own; None where people book times by hand."""
    provider: Appointments | None = _provider(settings.APPOINTMENT_PROVIDERS, key)
    return provider


def name_of(kind: str, key: str = "") -> str:
    """The name under which the provider's messages come, "" for none."""
    known = settings.APPOINTMENT_PROVIDERS if kind == "appointment" else settings.PAYMENT_PROVIDERS
    return key if key in known else next(iter(known), "") if not key else ""


def _provider(known: dict[str, str], key: str) -> Any:
    if key and known and key not in known:
        raise NoProvider(key, list(known))
    path = known.get(key) or next(iter(known.values()), "")
    return _made(path) if path else None


class NoProvider(Exception):
    """A definition names a provider that this portal does not have. Final until one of the two changes."""

    def __init__(self, key: str, known: list[str]) -> None:
        super().__init__(f"there is no provider {key!r}; there are {', '.join(known)}")
