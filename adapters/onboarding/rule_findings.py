"""What is wrong with the rules of a mapping by themselves: lossy, dead, unused, or not in the standard."""

from collections.abc import Iterator

from adapters.mapping.conditions import split as split_condition
from adapters.mapping.paths import typed
from adapters.mapping.plan import Plan
from adapters.mapping.rules import Rule, RuleBook, Rules
from adapters.onboarding import losses, standard_paths
from adapters.onboarding.findings import ERROR, WARNING, Finding
from adapters.onboarding.places import Place


def of_rules(
    book: RuleBook,
    plan: Plan,
    rules: Rules,
    model: losses.Model | None,
    *,
    is_reply: bool,
    places: dict[str, Place],
    prefix: str = "",
    is_top: bool = False,
) -> Iterator[Finding]:
    """What single rules lose or can never do; shapes are followed. ``model`` is what their paths begin in."""
    first: dict[str, Rule] = {}
    for rule in rules:
        where = rule.origin or plan.where
        place = places.get(prefix + typed(rule.agency))
        lost = losses.of_rule(
            book, rule, place, model, is_known=not is_reply and (is_top or model is not None)
        )
        yield from (Finding(WARNING, where, f"{rule.agency}: {loss}") for loss in lost)
        yield from _conditions(rule, where)
        yield from _shadowed(rule, first, where, is_reply=is_reply)
        shape = book.shapes.get(rule.use or rule.each)
        if shape is not None:
            inner = f"{prefix}{typed(rule.agency)}/"
            type_ = standard_paths.type_at(rule.canonical, model) if is_top or model else None
            yield from of_rules(book, plan, shape, type_, is_reply=is_reply, places=places, prefix=inner)


def _conditions(rule: Rule, where: str) -> Iterator[Finding]:
    """Conditions that can never hold: one path that is to be two words at once, or there and absent."""
    for text in (rule.when, rule.when_agency):
        wanted: dict[str, set[str]] = {}
        absent = set()
        for path, operator, words in split_condition(text) if text else []:
            if operator in {"=", "in"}:
                wanted[path] = wanted.get(path, set(words)) & set(words)
            if operator == "not":
                absent.add(path)
            if operator == "is":
                wanted.setdefault(path, {"anything"})
        dead = [path for path, words in wanted.items() if not words or path in absent]
        if dead:
            yield Finding(ERROR, where, f"the condition {text!r} never holds: {dead[0]}")


def _shadowed(rule: Rule, first: dict[str, Rule], where: str, *, is_reply: bool) -> Iterator[Finding]:
    """Two rules for one target without conditions that tell them apart: the later one wins, unseen."""
    target = rule.canonical if is_reply else rule.agency
    condition = rule.when_agency if is_reply else rule.when
    if not target or rule.each or (is_reply and rule.part):
        return
    known = first.get(target)
    if known is not None and not condition and not (known.when_agency if is_reply else known.when):
        yield Finding(
            ERROR, where, f"{target} has a rule already ({known.origin or known}); one of them is dead"
        )
    first.setdefault(target, rule)


def missing_fields(book: RuleBook, plan: Plan) -> Iterator[Finding]:
    """Canonical paths that the data standard does not have."""
    for rules in (plan.request, plan.reply):
        for rule, paths, root in _canonical(book, rules, None, is_top=True):
            for path in paths:
                wrong = standard_paths.missing(path, root) if root or "." in path else ""
                if wrong and not path.startswith("@"):
                    yield Finding(WARNING, rule.origin or plan.where, f"{path}: {wrong}")


def _canonical(
    book: RuleBook, rules: Rules, root: object, *, is_top: bool
) -> Iterator[tuple[Rule, list[str], type | None]]:
    for rule in rules:
        model = root if isinstance(root, type) else None
        paths = [path for path in (rule.canonical, *rule.join) if path]
        if is_top or model is not None:
            yield rule, paths, model
        shape = book.shapes.get(rule.use or rule.each)
        if shape is not None:
            inner = standard_paths.type_at(rule.canonical, model) if is_top or model else None
            yield from _canonical(book, shape, inner, is_top=False)


def outcomes(plan: Plan) -> Iterator[Finding]:
    """An outcome after one without a condition is never reached."""
    arms = plan.options.get("outcome", [])
    for number, arm in enumerate(arms[:-1], start=1):
        if "when" not in arm:
            yield Finding(ERROR, plan.where, f"outcome {number} always holds: those after it are dead")


def unused(book: RuleBook, plans: dict[str, Plan]) -> Iterator[Finding]:
    """Code lists and shapes that no rule of any operation names."""
    used_codes: set[str] = set()
    used_shapes: set[str] = set()
    for plan in plans.values():
        for part in (plan, plan.check, *plan.answers(book, "acknowledged").values()):
            if part is not None:
                for rules in (part.header, part.request, part.reply):
                    _use(book, rules, used_codes, used_shapes)
    yield from (
        Finding(WARNING, f"codes.{name}", "is used by no rule")
        for name in book.codes
        if name not in used_codes
    )
    yield from (
        Finding(WARNING, f"shapes.{name}", "is used by no rule")
        for name in book.shapes
        if name not in used_shapes
    )


def _use(book: RuleBook, rules: Rules, codes: set[str], shapes: set[str]) -> None:
    for rule in rules:
        codes.add(rule.codes)
        name = rule.use or rule.each
        if name in book.shapes and name not in shapes:
            shapes.add(name)
            _use(book, book.shapes[name], codes, shapes)
