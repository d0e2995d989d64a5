"""Proposals: which canonical field a place of a contract is, by name, type and meaning; how sure.

**Likely** is the field's own name in some register's language, in a fitting type and place. **Check** is
less: part of a name, a vague word, a code. **Missing** has no match. What is a code or enumerated is never
plain.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapters.onboarding import names, standard_paths
from adapters.onboarding.names import Term
from adapters.onboarding.places import Place

LIKELY, CHECK, MISSING = "Likely", "Check", "Missing"
_EIGHT = 8
_PLAIN_CODE = {"Address.postCode", "Address.addressID", "Person.identifier.notation"}  # no lists
_ROOT = {"Person": "person", "Address": "address", "Vehicle": "vehicle", "Household": "household"}
_FITS = {
    "date": {"date", "text", "int", "moment"},
    "code": {"text", "int", "bool"},
    "int": {"int", "number", "text"},
    "text": {"text", "int", "date"},
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one place is thought to be. ``field`` is of the standard; ``canonical`` its path in the value."""

    place: Place
    verdict: str
    reason: str
    field: str = ""
    canonical: str = ""
    codes: str = ""  # the code list it goes to
    date: str = ""


def propose(places: list[Place], *, is_reply: bool = False) -> list[Proposal]:
    """A proposal for each place of a request, or of a reply, in their order."""
    words = names.of_answer() if is_reply else names.of_call()
    return list(_without_doubles([_of_exchange(place, words) or _one(place) for place in places]))


def _of_exchange(place: Place, words: dict[str, tuple[str, bool]]) -> Proposal | None:
    """What belongs to the exchange rather than to the matter: keys, references, reasons."""
    path, vague = words.get(names.joined(names.tokens(place.name)), ("", True))
    if not path or place.codes or vague or place.lists:
        return None
    return Proposal(
        place, LIKELY, f"{place.name!r} is a word for the {path.lstrip('@').replace('_', ' ')}", "", path
    )


def _one(place: Place) -> Proposal:
    found = _match(place)
    is_code = bool(place.codes) or (
        names.is_code(place.name) and (found is None or found[0].field not in _PLAIN_CODE)
    )
    if found is None:
        return _unmatched(place, is_code)
    term, sure, reason = found
    field = term.field
    doubts = [] if sure else [reason]
    held = _held(field)
    coded = is_code or held == "code" or field.rpartition(".")[2] in standard_paths.CODED
    if place.type not in _FITS[held]:
        doubts.append(f"is {place.type}, where {field} is {held}")
    if coded and field.rpartition(".")[2] != "adminUnitL2" or is_code:
        doubts.append("holds codes: say what each means")
    other = next((word for part in place.path.split("/")[:-1] if (word := names.is_other(part))), "")
    other = other or names.is_other(_rest(place.name, term.word))
    if other:
        doubts.append(f"stands under {other!r}: it may be about another")
    form, doubt = _date_form(place) if held == "date" else ("", "")
    doubts += [doubt] if doubt else []
    return Proposal(
        place,
        CHECK if doubts else LIKELY,
        "; ".join(doubts) or reason,
        field,
        _canonical(field, place),
        names.snake(place.name) if is_code or held == "code" else "",
        form,
    )


def _unmatched(place: Place, is_code: bool) -> Proposal:
    if is_code:
        listed = (
            f"one of {len(place.codes)} codes" if place.codes else "a code, listed nowhere in the contract"
        )
        return Proposal(place, CHECK, f"{listed}; no field of the standard", "", "", names.snake(place.name))
    form = _date_form(place)[0] if place.type == "date" else ""
    return Proposal(place, MISSING, "no field of the standard is called so", date=form)


def _rest(name: str, word: str) -> str:
    """What a name says besides the term it was matched by."""
    own = names.joined(names.tokens(name))
    return own.replace(names.joined([word]), " ")


def _match(place: Place) -> tuple[Term, bool, str] | None:
    """The best term for a place; whether it is sure; and why."""
    words = names.tokens(place.name)
    context = _context(place)
    for sure, candidate in _readings(words):
        term = _choose(names.terms().get(candidate, ()), context)
        if term is not None:
            named = f"{place.name!r} is a word for {term.field}"
            if term.vague:
                return term, False, f"{term.word!r} may mean {term.field}"
            return (
                term,
                sure or term.type == context,
                named if sure else f"{term.word!r} in the name is {term.field}",
            )
    return _by_part(words, context) or _by_title(place, context)


def _readings(words: list[str]) -> Iterator[tuple[bool, str]]:
    """The whole name, then the name without the word for what it belongs to (``KentekenVoertuig``)."""
    yield True, names.joined(words)
    kinds = names.types()
    for at in (len(words) - 1, 0):
        if len(words) > 1 and names.joined([words[at]]) in kinds:
            rest = [word for index, word in enumerate(words) if index != at]
            kind = kinds[names.joined([words[at]])]
            terms = names.terms().get(names.joined(rest), ())
            yield any(term.type == kind for term in terms), names.joined(rest)


def _by_part(words: list[str], context: str) -> tuple[Term, bool, str] | None:
    """A term that is part of the name, at the border of its words; the longest one."""
    for size in range(len(words) - 1, 0, -1):
        for at in range(len(words) - size + 1):
            part = words[at : at + size]
            term = _choose(names.terms().get(names.joined(part), ()), context)
            if term is not None and not term.vague and len(term.word) > 3:
                return term, False, f"{term.word!r} is only part of the name"
    return None


def _by_title(place: Place, context: str) -> tuple[Term, bool, str] | None:
    words = names.tokens(place.title)[:12]
    for size in range(min(4, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            term = _choose(names.terms().get(names.joined(words[at : at + size]), ()), context)
            if term is not None and not term.vague and len(term.word) > 5:
                return term, False, f"its description says {term.word!r}"
    return None


def _choose(terms: tuple[Term, ...], context: str) -> Term | None:
    """Of several meanings the one that fits what the element is about."""
    return next((term for term in terms if term.type == context), terms[0] if terms else None)


def _context(place: Place) -> str:
    """The standard's type that the nearest speaking part around a place is about."""
    for part in reversed(place.path.split("/")[:-1]):
        kind = names.type_of(part)
        if kind:
            return kind
    return ""


def _held(field: str) -> str:
    kind, *path = field.split(".")
    model = standard_paths.MODELS[kind]
    annotation = None
    for name in path:
        annotation = standard_paths.fields(model)[name][0]
        model = standard_paths.inner(annotation)[0] or model
    return standard_paths.holds(annotation)


def _canonical(field: str, place: Place) -> str:
    """The field's path in the operation's value; an address inside of a person is their domicile."""
    kind, _, rest = field.partition(".")
    above = [names.type_of(part) for part in place.path.split("/")[:-1]]
    if kind == "Address" and "Person" in above:
        return f"person.domicile.{rest}"
    return f"{_ROOT[kind]}.{rest}"


def _date_form(place: Place) -> tuple[str, str]:
    """How a place writes dates, and the doubt about it."""
    if place.form:
        return "iso" if place.form == "YYYY-MM-DD" else place.form, ""
    if place.type == "date":
        return "iso", ""
    if place.type == "moment":
        return "iso", "has a time of day too"
    if place.max_length == _EIGHT:
        return "YYYYMMDD", ""
    if place.max_length == 10:
        return "iso", "is ten characters: 1985-03-12, or another order?"
    return "iso", "does not say how it writes dates"


def _without_doubles(proposals: list[Proposal]) -> Iterator[Proposal]:
    """A canonical field found twice in one part of a message is sure at most once."""
    seen: dict[tuple[str, str], str] = {}
    for one in proposals:
        key = (one.canonical, one.place.lists[-1] if one.place.lists else "")
        if one.verdict == LIKELY:
            if key in seen:
                one = replace(one, verdict=CHECK, reason=f"{seen[key]} is that field already")
            else:
                seen[key] = one.place.path
        yield one
