"""What was changed of one's own e-ID, as its person reads it: from the record, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.models import User
from identity.record import deeds, entries
from identity.record.entries import Kind

SHOWN = 10
WORDS = {
    "password": _("Password set"),
    "app-added": _("Authenticator app added"),
    "app-removed": _("Authenticator app removed"),
    "passkey-added": _("Passkey added"),
    "passkey-removed": _("Passkey removed"),
    "codes": _("New recovery codes made"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line: when, what, and the name its person gave it."""

    at: datetime
    text: str
    name: str


def of(user: User) -> list[Change]:
    """The latest changes of what somebody signs in with."""
    found = [(row.at, entries.read(row)) for row in deeds.of_user(user, [Kind.FACTOR])[:SHOWN]]
    return [Change(at, str(WORDS[deed.what]), deed.purpose) for at, deed in found]
