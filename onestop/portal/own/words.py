"""The record in words: who did what with my data, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from adapters.models import Connection
from identity.models import IdentityProvider, RecordEntry
from identity.record import entries
from identity.record.entries import Deed, Kind
from identity.signin.views import named

ROLES = {
    "caseworker": _("A caseworker of %(who)s read your case"),
    "integrator": _("Somebody who keeps the connection to %(who)s running read a message about you"),
    "administrator": _("An administrator of this portal read a message about you"),
    "representative": _("Somebody who may act for you read your case"),
    "co-signer": _("Somebody who was asked to agree to your case read it"),
}
DEEDS = {
    Kind.ASKED: _("%(who)s was asked about you"),
    Kind.TOLD: _("%(who)s was told"),
    Kind.EXPORTED: _("You took a copy of your data"),
    Kind.ERASED: _("A case of yours was deleted"),
    Kind.LINKED: _("An e-ID opens your account now: %(who)s"),
    Kind.UNLINKED: _("An e-ID opens your account no more: %(who)s"),
    Kind.FACTOR: _("What you sign in with was changed"),
}
READ = _("Somebody read your case")
REASONS = {
    "past the day until which it was kept": _("Past the day until which it was kept"),
    "at the person's wish": _("You asked for it"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as its person reads it. ``case`` is "" where the case is not theirs."""

    at: datetime
    text: str
    why: str
    agreement: str
    case: str
    kind: str  # colour of its mark: read, asked, told, own


def seen(entry: RecordEntry, names: Mapping[str, str], own_cases: set[str]) -> Seen:
    """Put an entry into words. ``names`` are the agencies' by key; ``own_cases`` are mine to open."""
    deed = entries.read(entry)
    return Seen(
        at=entry.at,
        text=_sentence(entry, deed, names.get(deed.organisation, deed.organisation)),
        why=_why(entry, deed),
        agreement=gettext(deed.agreement) if deed.agreement else "",
        case=deed.case if deed.case in own_cases else "",
        kind={Kind.READ: "read", Kind.ASKED: "asked", Kind.TOLD: "told"}.get(Kind(entry.kind), "own"),
    )


def _sentence(entry: RecordEntry, deed: Deed, who: str) -> str:
    words = ROLES.get(deed.role, READ) if entry.kind == Kind.READ else DEEDS[Kind(entry.kind)]
    return str(words) % {"who": who or pgettext("an agency", "this portal")}


def _why(entry: RecordEntry, deed: Deed) -> str:
    if entry.kind in (Kind.LINKED, Kind.UNLINKED, Kind.FACTOR):
        return gettext("You asked for it")
    if deed.purpose in REASONS or not deed.purpose:
        return str(REASONS.get(deed.purpose, ""))
    if entry.kind == Kind.ASKED and not deed.case:
        return gettext("To fill in your application: %(service)s") % {"service": gettext(deed.purpose)}
    return gettext(deed.purpose)


def agency_names() -> dict[str, str]:
    """The agencies' names by key, in the person's language."""
    return {key: gettext(name) for key, name in Connection.objects.values_list("key", "name")}


def e_id_names(found: Iterable[RecordEntry]) -> dict[str, str]:
    """The names of e-IDs by issuer, asked for where some entry is about one."""
    if not any(entry.kind in (Kind.LINKED, Kind.UNLINKED) for entry in found):
        return {}
    return {row.issuer: named(row) for row in IdentityProvider.objects.all()}
