"""A mapping held against its contract and the data standard: what is unmapped, lossy, dead or unused.

An error is what will fail or mislead; a warning is what is lost or never used, and may be meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from lxml import etree

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import AdapterError
from adapters.mapping.paths import XSI_TYPE, typed
from adapters.mapping.plan import SETTINGS, Plan
from adapters.mapping.report import filled
from adapters.mapping.rules import ORIGIN, MappingWrong, RuleBook, Rules
from adapters.mapping.unfit import Unfit
from adapters.onboarding import operations, rule_findings
from adapters.onboarding.findings import ERROR, WARNING, Finding
from adapters.onboarding.operations import Described
from adapters.onboarding.places import Place
from adapters.onboarding.sampling import Connection, differences


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
    for plan in connection.plans.values():
        for one in (plan, plan.check):
            if one is not None:
                report.findings += _operation(connection.book, one, contract)
    report.findings += rule_findings.unused(connection.book, connection.plans)
    report.findings += _compiles(spec, report.findings)
    for name, plan in connection.plans.items() if not report.errors else ():
        told, lost = _round_trip(connection, name, plan)
        report.round_trips.append(told)
        report.findings += lost
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
    return contract.find(f"{plan.call}={answer.name}")


def _operation(book: RuleBook, plan: Plan, contract: operations.Contract) -> Iterator[Finding]:
    described = _described(contract, plan)
    yield from _unknown_settings(plan)
    if described is None:
        near = get_close_matches(plan.call, contract.operations, 1, 0.5)
        meant = f"; is {near[0]} meant?" if near else f"; it has {', '.join(contract.operations)}"
        yield Finding(ERROR, plan.where, f"the contract has no operation {plan.call!r}{meant}")
        return
    request, reply = described.request(), described.reply()
    paths = set(plan.options.get("path", {}))
    left = [name for name in described.parameters if name not in paths]
    yield from (Finding(ERROR, plan.where, f"the path's {name} is filled by no rule") for name in left)
    yield from _unmapped(book, plan, request)
    yield from _choices(book, plan, described)
    yield from _part(book, plan, plan.request, request, is_reply=False)
    if contract.kind == "records":
        yield from _acknowledged(book, plan, dict(described.answers))
    else:
        yield from _part(book, plan, plan.reply, reply, is_reply=True)
        yield from _unread(book, plan, reply)
    yield from rule_findings.missing_fields(book, plan)
    yield from rule_findings.outcomes(plan)


def _part(
    book: RuleBook, plan: Plan, rules: Rules, places: list[Place], *, is_reply: bool
) -> Iterator[Finding]:
    yield from _no_such_place(book, plan, rules, places)
    yield from rule_findings.of_rules(
        book, plan, rules, None, is_reply=is_reply, places={one.path: one for one in places}, is_top=True
    )


def _acknowledged(book: RuleBook, plan: Plan, records: dict[str, list[Place]]) -> Iterator[Finding]:
    """Each acknowledging record against its layout; one that nothing reads comes as not understood."""
    read = plan.answers(book, "acknowledged")
    for code, answer in read.items():
        if code not in records:
            known = ", ".join(records) or "none"
            yield Finding(ERROR, answer.where, f"the acknowledgement has no record {code}; it has {known}")
            continue
        yield from _part(book, answer, answer.reply, records[code], is_reply=True)
        yield from rule_findings.missing_fields(book, answer)
        yield from rule_findings.outcomes(answer)
    for code in records:
        if code not in read:
            yield Finding(
                WARNING,
                plan.where,
                f"the acknowledging record {code} is read by nothing; "
                f"write [operations.{plan.name}.acknowledged.{code}]",
            )


def _choices(book: RuleBook, plan: Plan, described: Described) -> Iterator[Finding]:
    """Choices of which the agency wants one, and no rule fills any."""
    known = {*filled(book, plan.request), *filled(book, plan.request, form=typed)}
    for choice in described.choices():
        is_open = not choice.within or any(path.startswith(f"{choice.within}/") for path in known)
        if is_open and not choice.is_made(known):
            place = f"{choice.path} wants" if choice.path else "the message wants"
            yield Finding(
                WARNING if choice.within else ERROR,
                plan.where,
                f"{place} one of {', '.join(choice.names)}, and no rule fills any",
            )


def _unknown_settings(plan: Plan) -> Iterator[Finding]:
    """Names in an operation's table that no kind of ours reads: most are slips of the pen."""
    for name in plan.options:
        if name not in SETTINGS and name != ORIGIN:
            near = get_close_matches(name, SETTINGS, 1, 0.6)
            meant = f"; is {near[0]} meant?" if near else ""
            yield Finding(WARNING, plan.where, f"says {name}, which no kind of ours reads{meant}")


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
            yield Finding(ERROR, plan.where, f"{place.path} is required by the agency and filled by no rule")
        elif any(path.startswith(f"{place.within}/") for path in known):
            yield Finding(
                WARNING, plan.where, f"{place.path} is required wherever {place.within} is, and has no rule"
            )


def _unread(book: RuleBook, plan: Plan, places: list[Place]) -> Iterator[Finding]:
    """An answer of which only is taken whether parts are there: calls succeed and tell nothing."""
    if all(rule.type == "present" for rule in plan.reply if rule.agency):
        known = set(filled(book, plan.reply))
        left = {one.path.partition("/")[0] for one in places if one.path not in known}
        if left:
            yield Finding(
                WARNING, plan.where, f"nothing of what the answer says is read: {', '.join(sorted(left))}"
            )


def _no_such_place(book: RuleBook, plan: Plan, rules: Rules, places: list[Place]) -> Iterator[Finding]:
    """Paths that the contract does not have. Derived types that it does not ask for, the compiler knows."""
    if not places:
        return
    known = {one.path for one in places}
    known |= {path.rpartition("/")[0] for path in known if path.rpartition("/")[2].startswith("@")}
    parts = {path[:at] for path in known for at, letter in enumerate(path) if letter == "/"}
    for path in filled(book, rules, form=typed):
        if path.removesuffix("/.") not in known | parts and XSI_TYPE not in path:
            yield Finding(ERROR, plan.where, f"the contract has no {path}")


def _compiles(spec: ConnectionSpec, found: list[Finding]) -> Iterator[Finding]:
    """What only the adapter's own compiler sees; what credentials lack is not the mapping's fault.

    The compiler stops at the first thing that is wrong: where that was found already, it has nothing to add.
    """
    if any(one.level == ERROR for one in found):
        return
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
