"""What happened in a case, told to the citizen in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from workflows.models import Case
from workflows.progress import Entry, Line

SENTENCES = {
    "submitted": gettext_noop("You sent the application"),
    "begun": gettext_noop("The case began without an application"),
    "stuck": gettext_noop("A step needs an officer's help"),
    "paused": gettext_noop("The case is on hold"),
    "resumed": gettext_noop("The case goes on"),
    "undone": gettext_noop("What %(agency)s was told has been taken back"),
    "undoing": gettext_noop("What was done is taken back"),
    "received": gettext_noop("%(agency)s has received it"),
    "answered": gettext_noop("%(agency)s has answered"),
    "done": gettext_noop("%(agency)s has confirmed it"),
    "rejected": gettext_noop("%(agency)s did not accept it"),
    "refused": gettext_noop("%(agency)s did not accept it"),
    "chased": gettext_noop("We asked %(agency)s again"),
    "overdue": gettext_noop("%(agency)s did not answer in time; an officer looks into it"),
    "cosign-asked": gettext_noop("We asked the other adults who move to agree"),
    "cosigned": gettext_noop("One of the adults asked has agreed"),
    "cosign-declined": gettext_noop("One of the adults asked did not agree"),
    "person": gettext_noop("An officer is looking at your case"),
    "person-decided": gettext_noop("An officer has decided"),
    "cancelled": gettext_noop("You withdrew the application"),
    "consent-withdrawn": gettext_noop("You withdrew your consent. %(agency)s was told nothing"),
    "consent-withdrawn-late": gettext_noop(
        "You withdrew your consent. We do not try again; %(agency)s may have received it before"
    ),
    "asked": gettext_noop("The court has asked you something"),
    "answer-given": gettext_noop("You answered the court"),
    "court-granted": gettext_noop("The court granted your appeal: this refusal no longer holds"),
    "court-refused": gettext_noop("The court refused your appeal: this refusal stands"),
    "court-told": gettext_noop("%(agency)s was told that it must decide again"),
    "decided-again": gettext_noop("%(agency)s has decided again"),
}
# The same for somebody other than the applicant.
OF_OTHERS = {
    "submitted": gettext_noop("The application was sent"),
    "person": gettext_noop("An officer is looking at the case"),
    "cancelled": gettext_noop("The application was withdrawn"),
    "consent-withdrawn": gettext_noop("Consent was withdrawn. %(agency)s was told nothing"),
    "consent-withdrawn-late": gettext_noop(
        "Consent was withdrawn. We do not try again; %(agency)s may have received it before"
    ),
    "court-granted": gettext_noop("A court granted an appeal: this refusal no longer holds"),
    "court-refused": gettext_noop("A court refused an appeal: this refusal stands"),
}
NOBODY = gettext_noop("The agency")  # of an entry that names none
PARTLY = gettext_noop("%(agency)s has confirmed a part of it")
UNSURE = gettext_noop("%(agency)s needs an officer to decide")
COMPLETE = gettext_noop("Everything is done")
REFUSED = gettext_noop("The case ended without success")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the citizen's timeline; ``note`` is a reason given, or ""."""

    at: datetime
    text: str
    note: str = ""


def sentences(entries: list[Entry], lines: list[Line], is_applicant: bool) -> list[Told]:
    """Tell the entries, oldest first. What an agency says of several people is told once, the last time."""
    unfinished = {line.connection for line in lines if line.state != "done"}
    told: dict[object, Told] = {}
    for number, entry in enumerate(entries):
        text = _sentence(entry, is_applicant, entry.connection in unfinished)
        if not text:
            continue
        key: object = (entry.kind, entry.connection) if entry.kind in ("received", "done") else number
        told.pop(key, None)
        told[key] = Told(entry.at, text, str(entry.data.get("reason") or ""))
    return list(told.values())


def newest_first(told: list[Told], case: Case) -> list[Told]:
    """The timeline as it is shown, with the end of the case, after which a court may still have spoken."""
    ended = case.completed_at
    later = (place for place, one in enumerate(told) if ended is not None and one.at > ended)
    end = next(later, len(told))
    return [*reversed(told[end:]), *closing(case), *reversed(told[:end])]


def closing(case: Case) -> list[Told]:
    """The entry that no step of the case writes: that it is over."""
    texts = {Case.Status.COMPLETED: COMPLETE, Case.Status.REFUSED: REFUSED}
    text = texts.get(Case.Status(case.status))
    return [Told(case.completed_at, gettext(text))] if text and case.completed_at else []


def _sentence(entry: Entry, is_applicant: bool, is_unfinished: bool) -> str:
    """The sentence of an entry; decisions bring their own text, an end without one says nothing."""
    filed_by = entry.data.get("representative") if entry.kind == "submitted" else None
    if filed_by:
        return gettext("%(name)s sent the application in the applicant's name") % {"name": filed_by}
    text = SENTENCES.get(entry.kind, entry.text)
    if not is_applicant:
        text = OF_OTHERS.get(entry.kind, text)
    if entry.kind == "done" and is_unfinished:
        text = PARTLY
    if entry.kind == "answered" and entry.data.get("status") == "unsure":
        text = UNSURE
    if not text:
        return ""
    agency = gettext(entry.agency or NOBODY)
    return gettext(text).replace("%(agency)s", agency)
