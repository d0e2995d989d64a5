"""What a rule loses: what is sent through it and does not come back as it went."""

from collections.abc import Iterator

from adapters.mapping import dates, transforms
from adapters.mapping.paths import as_text
from adapters.mapping.rules import CodeList, Rule, RuleBook
from adapters.onboarding import standard_paths
from adapters.onboarding.places import Place
from adapters.standard import Canonical

Model = type[Canonical]


def of_rule(
    book: RuleBook, rule: Rule, place: Place | None, model: Model | None, *, is_known: bool
) -> Iterator[str]:
    """Why what is sent may not come back as it went.

    ``model`` is the type that the rule's paths begin in, None at the top; ``is_known`` says that lengths can
    be compared: of a reply they need not be.
    """
    if place is not None and is_known:
        yield from _too_long(rule, place, model)
    if rule.codes:
        yield from _code_losses(book.codes[rule.codes], place)
    if rule.date and rule.date != "iso" and not dates.is_moment(rule.date) and rule.partial == "refuse":
        yield "a partial date is refused"
    if dates.is_moment(rule.date) and rule.date != "moment" and "SS" not in rule.date:
        yield f"date = {rule.date!r} loses the seconds"
    if rule.date == "iso" and place is not None and place.type == "moment":
        yield "the agency has a time of day, and date = 'iso' loses it"
    for word in rule.transform:
        lost = transforms.parse(word).loses
        if lost:
            yield f"{word!r} loses {lost}"
    if len(rule.join) > 1 and not rule.pattern and len(rule.join) > 2:
        yield "a join of more than two without a pattern is taken apart word by word"
    elif rule.join and not rule.pattern:
        yield f"a value with {rule.glue!r} in its last part comes back in other parts; give a pattern"
    if rule.part and not rule.pattern and rule.part.index == 0:
        yield "a split without a pattern takes the last words apart, whatever they are"


def _code_losses(codes: CodeList, place: Place | None) -> Iterator[str]:
    if not codes.to_agency and codes.default is None:
        yield f"codes.{codes.name} is empty and refuses every word; say what each code means"
    by_code: dict[str, list[str]] = {}
    for word, code in codes.to_agency.items():
        by_code.setdefault(code, []).append(word)
    for code, words in by_code.items():
        if len(words) > 1:
            yield f"codes.{codes.name} is not one to one: {', '.join(words)} all go as {code!r}"
    if codes.default is not None and codes.default not in by_code:
        yield f"codes.{codes.name} sends {codes.default!r} for any other word, which does not come back"
    if place is not None and place.codes:
        strange = [code for code in {*by_code, codes.default} if code is not None and code not in place.codes]
        if strange:
            yield f"codes.{codes.name} has {', '.join(sorted(strange))}, which the contract does not list"
        if codes.default_canonical is None:
            unread = [code for code in place.codes if code not in by_code]
            if unread:
                yield f"codes.{codes.name} cannot read {', '.join(unread)}, which the contract allows"


def _too_long(rule: Rule, place: Place, model: Model | None) -> Iterator[str]:
    """Texts that are longer than the agency's place: refused when they come, or cut."""
    most = place.max_length
    if most is None or place.type not in {"text", "number", "int"}:
        return
    if rule.constant is not None and len(as_text(rule.constant)) > most:
        yield f"the constant {rule.constant!r} is longer than the {most} characters that the agency takes"
    words = [word.split(" ") for word in rule.transform]
    cuts = [int(word[1]) for word in words if word[0] == "cut"]
    pads = [int(word[1]) for word in words if word[0] == "pad"]
    for size in (*cuts, *pads):
        if size > most:
            yield f"makes texts of {size} characters, and the agency takes {most}"
    if cuts or rule.codes or rule.date:
        return
    lengths = [standard_paths.longest(path, model) for path in rule.join or (rule.canonical,) if path]
    longest = sum(one or 0 for one in lengths) + len(rule.glue) * (len(lengths) - 1)
    if longest > most:
        yield (
            f"{' and '.join(rule.join) or rule.canonical} may have {longest} characters and the agency takes "
            f'{most}: a longer value is refused; transform = ["cut {most}"] would send its beginning'
        )
