"""What a request would change, side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from identity.models import ClientRequest
from identity.onboarding import keys
from onestop.agency.clients.words import FIELDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Change:
    """One field before and after, as lines."""

    label: "StrOrPromise"
    before: list[str]
    after: list[str]

    @property
    def is_change(self) -> bool:
        """Whether it would be other than it is."""
        return self.before != self.after


def changes(request: ClientRequest) -> list[Change]:
    """Every field of a request; of a new client nothing was before."""
    shown = [
        Change(label, _lines(name, request.before.get(name, "")), _lines(name, request.asked[name]))
        for name, label in FIELDS.items()
    ]
    return [one for one in shown if one.before or one.after]


def _lines(name: str, value: str) -> list[str]:
    if name == "scopes":
        return value.split()
    if name == "jwks":
        return [f"{line.kid} ({line.kind})" for line in keys.lines(value, timezone.now())]
    return [value] if value else []
