"""A mapping held against its contract and the data standard: what is unmapped, lossy, dead or unused.

An error is what will fail or mislead; a warning is what is lost or never used, and may be meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import AdapterError
from adapters.mapping import dates, transforms
from adapters.mapping.conditions import split as split_condition
from adapters.mapping.paths import plain
from adapters.mapping.plan import Plan
from adapters.mapping.report import filled
from adapters.mapping.rules import CodeList, MappingWrong, Rule, RuleBook, Rules
from adapters.mapping.unfit import Unfit
from adapters.onboarding import operations, standard_paths
from adapters.onboarding.operations import Described
from adapters.onboarding.places import Place
from adapters.onboarding.sampling import Connection, differences

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``where`` is file and line where known, else the operation."""

    level: str
    where: str
    message: str


@dataclass(slots=True)
class Report:
    """All that was found, and how each sample came back."""

    findings: list[Finding] = field(default_factory=list)
    round_trips: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(one.level == ERROR for one in self.findings)


def check(spec: ConnectionSpec) -> Report:
    """Check one connection; raises Misconfigured, ContractUnreadable where it cannot be read at all."""
    report = Report()
    connection = Connection(spec)
    if connection.source is None:
        report.findings.append(
            Finding(WARNING, spec.key, "has no contract: there is nothing to hold it against")
        )
        return report
    contract = operations.read(spec.contract, spec.access())
    for name, plan in connection.plans.items():
        for one in (plan, plan.check):
            if one is not None:
                report.findings += _operation(connection.book, one, _described(contract, one), contract.kind)
        told, lost = _round_trip(connection, name, plan)
        report.round_trips.append(told)
        report.findings += lost
    report.findings += _unused(connection.book, connection.plans)
    report.findings += _compiles(spec)
    report.findings = list(dict.fromkeys(report.findings))
    return report


def _described(contract: operations.Contract, plan: Plan) -> Described | None:
    """The contract's operation; an XSD leaves it to the mapping which element answers."""
    found = contract.operations.get(plan.call)
    answer = contract.operations.get(str(plan.options.get("answer", "")))
    if answer is not None and not plan.call and "get" in plan.options:  # read at an address, nothing is sent
        return replace(answer, request=list, reply=answer.request)
    if found is None or answer is None:
        return found
    return replace(found, reply=answer.request)


def _operation(book: RuleBook, plan: Plan, described: Described | None, kind: str) -> Iterator[Finding]:
    if described is None:
        yield Finding(ERROR, f"operations.{plan.name}", f"the contract has no operation {plan.call!r}")
        return
    request, reply = described.request(), described.reply()
    paths = set(plan.options.get("path", {}))
    left = [name for name in described.parameters if name not in paths]
    yield from (Finding(ERROR, plan.name, f"the path's {name} is filled by no rule") for name in left)
    yield from _unmapped(book, plan, request)
    if kind != "records":
        yield from _no_such_place(book, plan.name, plan.reply, reply)
    yield from _no_such_place(book, plan.name, plan.request, request)
    yield from _rules(
        book, plan.name, plan.request, None, is_reply=False, places={one.path: one for one in request}
    )
    yield from _rules(
        book, plan.name, plan.reply, None, is_reply=True, places={one.path: one for one in reply}
    )
    yield from _missing_fields(book, plan)
    yield from _outcomes(plan)


def _unmapped(book: RuleBook, plan: Plan, places: list[Place]) -> Iterator[Finding]:
    """Required places without a rule; also those required inside of a part that rules fill."""
    known = set(filled(book, plan.request))
    for place in places:
        if (
            not place.needed
            or place.path in known
            or any(path.startswith(f"{place.path}/") for path in known)
        ):
            continue
        if place.required:
            yield Finding(ERROR, plan.name, f"{place.path} is required by the agency and filled by no rule")
        elif any(path.startswith(f"{place.within}/") for path in known):
            yield Finding(
                WARNING, plan.name, f"{place.path} is required wherever {place.within} is, and has no rule"
            )


def _no_such_place(book: RuleBook, name: str, rules: Rules, places: list[Place]) -> Iterator[Finding]:
    if not places:
        return
    known = {one.path for one in places}
    known |= {path.rpartition("/")[0] for path in known if path.rpartition("/")[2].startswith("@")}
    parts = {path[:at] for path in known for at, letter in enumerate(path) if letter == "/"}
    for path in filled(book, rules):
        if path.removesuffix("/.") not in known | parts:
            yield Finding(ERROR, name, f"the contract has no {path}")


def _rules(
    book: RuleBook,
    name: str,
    rules: Rules,
    root: object,
    *,
    is_reply: bool,
    places: dict[str, Place],
    prefix: str = "",
) -> Iterator[Finding]:
    """What single rules lose or can never do; shapes are followed."""
    first: dict[str, Rule] = {}
    for rule in rules:
        where = rule.origin or name
        place = places.get(prefix + plain(rule.agency, "/"))
        yield from (Finding(WARNING, where, f"{rule.agency}: {loss}") for loss in _losses(book, rule, place))
        yield from _conditions(rule, where)
        yield from _shadowed(rule, first, where, is_reply=is_reply)
        shape = book.shapes.get(rule.use or rule.each)
        if shape is not None:
            inner = f"{prefix}{plain(rule.agency, '/')}/"
            yield from _rules(book, name, shape, None, is_reply=is_reply, places=places, prefix=inner)


def _losses(book: RuleBook, rule: Rule, place: Place | None) -> Iterator[str]:
    """Why what is sent may not come back as it went."""
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


def _missing_fields(book: RuleBook, plan: Plan) -> Iterator[Finding]:
    """Canonical paths that the data standard does not have."""
    for rules in (plan.request, plan.reply):
        for rule, paths, root in _canonical(book, rules, None, is_top=True):
            for path in paths:
                wrong = standard_paths.missing(path, root) if root or "." in path else ""
                if wrong and not path.startswith("@"):
                    yield Finding(WARNING, rule.origin or plan.name, f"{path}: {wrong}")


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


def _outcomes(plan: Plan) -> Iterator[Finding]:
    """An outcome after one without a condition is never reached."""
    arms = plan.options.get("outcome", [])
    for number, arm in enumerate(arms[:-1], start=1):
        if "when" not in arm:
            yield Finding(
                ERROR, f"operations.{plan.name}", f"outcome {number} always holds: those after it are dead"
            )


def _unused(book: RuleBook, plans: dict[str, Plan]) -> Iterator[Finding]:
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


def _compiles(spec: ConnectionSpec) -> Iterator[Finding]:
    """What only the adapter's own compiler sees; what credentials lack is not the mapping's fault."""
    try:
        registry.build(spec)
    except AdapterError as error:
        if "mapping.toml" in error.message or "contract" in error.message:
            yield Finding(ERROR, spec.key, error.message)
    except ContractUnreadable as error:
        yield Finding(ERROR, spec.key, str(error))


def _round_trip(connection: Connection, name: str, plan: Plan) -> tuple[str, list[Finding]]:
    """How a sample came back from the agency's words, and what of it was lost on the way.

    A rule's constants and defaults may add to it; what comes back otherwise is lossy, what does not come
    back at all was never sent.
    """
    value = connection.values().get(name) or {}
    if not value:
        return f"round trip {name}: no sample value; write one into samples.json", []
    try:
        after = connection.again(plan, value)
    except (Unfit, MappingWrong, etree.XMLSyntaxError) as error:
        return f"round trip {name}: {error}", [Finding(ERROR, name, f"the sample cannot be sent: {error}")]
    changed = list(differences(value, after))
    lost = [
        Finding(ERROR if one.endswith(" as None") else WARNING, name, f"round trip: {one}") for one in changed
    ]
    return f"round trip {name}: {'as it went' if not changed else '; '.join(changed)}", lost
