"""Scripts that are generated: answers sampled from the contract, echoing the request, or pinned by a file."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from adapters.contracts.markup import canonical, local
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples import rest, soap
from adapters.samples.cli import fault_named
from adapters.samples.json_schema import JsonSampler
from adapters.samples.source import RestSource, SoapSource, Source, XmlSource
from adapters.simulator import json_answers, xml_answers
from adapters.simulator.answering import Answer, Call, Refusal, Script, seed_of
from adapters.simulator.pins import PLAIN, Pinned, Pins
from adapters.simulator.xml import answer_to

TOLD = "refused, as the simulator was told"
FILE = "the bytes of a file"
Generate = Callable[[Call, Pinned, dict[str, Any], int], Answer]


class Generated:
    """One contract's generated script. ``seed`` another, other answers."""

    def __init__(self, generate: Generate, pins: Pins, seed: int) -> None:
        self._generate = generate
        self._pins = pins
        self._seed = seed

    def key(self, call: Call) -> str:
        """Nothing is remembered."""
        return ""

    def objection(self, call: Call | None, violation: Violation) -> Refusal | None:
        """The service's own words will do."""
        return None

    def answer(self, call: Call) -> Answer:
        """The first rule that fits, else a sample."""
        known = xml_answers.texts(call.content) if etree.iselement(call.content) else dict(call.known)
        rule = self._pins.rule(call.operation, known)
        seed = seed_of(self._seed, call.operation.encode(), call.request.path.encode(), _asked(call))
        try:
            if rule.content is not None:
                answer = Answer(raw=rule.content, status=rule.status, note=FILE)
            else:
                answer = self._generate(call, rule, known, seed)
        except Refusal as refusal:
            refusal.delay_ms = rule.delay_ms
            raise
        return replace(
            answer, note=answer.note or ("" if rule is PLAIN else "pinned"), delay_ms=rule.delay_ms
        )


def _asked(call: Call) -> bytes:
    """What was asked, whatever the envelope around it."""
    if etree.iselement(call.content):
        return canonical(call.content)
    return call.request.body


def script(source: Source, pins: Pins, seed: int) -> Script:
    """The generated script of a contract over HTTP; raises TypeError for a record layout."""
    if isinstance(source, SoapSource):
        return Generated(_soap(source), pins, seed)
    if isinstance(source, XmlSource):
        return Generated(_xml(source), pins, seed)
    if isinstance(source, RestSource):
        return Generated(_rest(source), pins, seed)
    raise TypeError("a record layout has no calls")


def _soap(source: SoapSource) -> Generate:
    contract = source.xml

    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        operation: WsdlOperation = source.wsdl.operations[call.operation]
        if call.switches.reject or rule.fault:
            names = [fault_named(operation, rule.fault)] if rule.fault else list(operation.faults[:1])
            details = [xml_answers.answer(contract, name, known, rule, seed) for name in names]
            text = f"refused: {local(names[0])}" if names else TOLD
            code = "Client" if names else "Server"
            raise Refusal(text, details[0] if details else None, status=500, code=code)
        if not operation.reply:
            return Answer()
        made = xml_answers.answer(contract, operation.reply, known, rule, seed)
        return Answer(soap.on_the_wire(contract, operation, made))

    return generate


def _xml(source: XmlSource) -> Generate:
    elements = {local(name): name for name in source.elements}

    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        reply = elements.get(rule.element or answer_to(call.operation, elements, call.request.method))
        if call.switches.reject or rule.status >= 400:
            raise Refusal(TOLD, status=rule.status or 409)
        if reply is None:
            there = ", ".join(sorted(elements)[:30])
            asked = call.operation or call.request.path
            raise Refusal(f"the contract has no answer to {asked}; its elements: {there}", status=404)
        return Answer(xml_answers.answer(source.xml, reply, known, rule, seed))

    return generate


def _rest(source: RestSource) -> Generate:
    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        operation = source.operations[call.operation]
        good, bad = rest.statuses(operation, 2), rest.statuses(operation, 4)
        status = rule.status or ((bad or [409])[0] if call.switches.reject else (good or [204])[0])
        answer = operation.answer(status)
        if answer is None:
            raise Refusal(TOLD, status=status)
        headers = dict.fromkeys(answer.required_headers, f"{call.request.path}/1")
        if answer.body is None:
            kind = next(iter(answer.media_types), "")  # named by the contract, and not described
            return Answer(raw=b"example" if kind else b"", status=status, headers=headers, media_type=kind)
        sampled = JsonSampler(answer.body, full=rule.full, seed=seed).value()
        value = _value(sampled, answer.body, known, rule)
        return Answer(value, status=status, headers=headers, media_type=answer.media_type)

    return generate


def _value(sampled: Any, validator: Any, known: dict[str, Any], rule: Pinned) -> Any:
    value = json_answers.echoed(sampled, known)
    if not validator.is_valid(value):
        value = sampled
    if rule.reply:
        value = json_answers.merged(value, rule.reply)
        error = next(validator.iter_errors(value), None)
        if error is not None:
            raise Violation(f"what the script pins breaks the contract: {error.message}")
    return value
