"""Who may be chosen to move: the applicant, and the household as the population register answered."""

from datetime import date
from typing import Any

from workflows.applicant import is_adult, person_of
from workflows.models import Draft


def may_move(draft: Draft, today: date) -> dict[str, dict[str, Any]]:
    """Movers by personal number, the applicant first.

    Each is ``{"notation", "givenName", "familyName", "adult", "person"}``.
    """
    answered = draft.prefill.get("household", {}).get("value") or {}
    applicant = person_of(draft.applicant)
    persons = [applicant, *answered.get("member", [])]
    movers: dict[str, dict[str, Any]] = {}
    for person in persons:
        notation = person.get("identifier", {}).get("notation")
        if notation and notation not in movers:
            adult = is_adult(person, today.year, today.month, today.day)
            names = {name: person[name] for name in ("givenName", "familyName") if name in person}
            movers[notation] = {"notation": notation, **names, "adult": adult, "person": person}
    return movers
