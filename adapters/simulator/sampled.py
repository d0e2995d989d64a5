"""Answers sampled from a contract, one function for each kind of it; what a rule pins is put over them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from adapters.contracts.markup import local
from adapters.contracts.rest_operation import Answer as Promised
from adapters.contracts.violation import Violation
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples import rest as messages
from adapters.samples import soap as envelopes
from adapters.samples.cli import fault_named
from adapters.samples.source import RestSource, SoapSource, XmlSource
from adapters.simulator import xml_answers
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.json_answers import echoed, leaves, merged, without
from adapters.simulator.pins import Pinned
from adapters.simulator.promises import REASON
from adapters.simulator.xml import answer_to

Generate = Callable[[Call, Pinned, dict[str, Any], int], Answer]


def soap(source: SoapSource) -> Generate:
    """Of a WSDL: the reply, or the fault that is wanted."""
    contract = source.xml

    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        operation: WsdlOperation = source.wsdl.operations[call.operation]
        if call.switches.reject or rule.fault:
            names = [fault_named(operation, rule.fault)] if rule.fault else list(operation.faults[:1])
            details = [xml_answers.answer(contract, name, known, rule, seed) for name in names]
            text = f"refused: {local(names[0])}" if names else REASON
            code = "Client" if names else "Server"
            raise Refusal(text, details[0] if details else None, status=500, code=code)
        if not operation.reply:
            return Answer()
        made = xml_answers.answer(contract, operation.reply, known, rule, seed)
        return Answer(envelopes.on_the_wire(contract, operation, made))

    return generate


def xml(source: XmlSource) -> Generate:
    """Of an XSD: the element that answers."""
    elements = {local(name): name for name in source.elements}

    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        reply = elements.get(rule.element or answer_to(call.operation, elements, call.request.method))
        if call.switches.reject or rule.status >= 400:
            raise Refusal(REASON, status=rule.status or 409)
        if reply is None:
            there = ", ".join(sorted(elements)[:30])
            asked = call.operation or call.request.path
            raise Refusal(f"the contract has no answer to {asked}; its elements: {there}", status=404)
        return Answer(xml_answers.answer(source.xml, reply, known, rule, seed))

    return generate


def rest(source: RestSource) -> Generate:
    """Of an OpenAPI document: the lowest good status, its headers and body."""

    def generate(call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        operation = source.operations[call.operation]
        good, bad = messages.statuses(operation, 2), messages.statuses(operation, 4)
        status = rule.status or ((bad or [409])[0] if call.switches.reject else (good or [204])[0])
        answer = operation.answer(status)
        if answer is None:
            raise Refusal(REASON, status=status)
        headers = messages.promised_headers(answer, seed)
        content = answer.content
        if content is None:
            return Answer(raw=b"", status=status, headers=headers)
        value = _value(messages.sampled(content, full=rule.full, seed=seed), content.validator, known, rule)
        headers |= _location(source, answer, {**known, **leaves(value)})
        return Answer(value, status=status, headers=headers, media_type=content.media_type)

    return generate


def _location(source: RestSource, answer: Promised, values: dict[str, Any]) -> dict[str, str]:
    """``Location`` where it is promised and an operation of the contract shows what was made."""
    promised = answer.required_headers.get("Location")
    check = None if promised is None else promised.validator
    for operation in source.operations.values() if check is not None else ():
        if operation.method == "GET" and operation.parameters.keys() <= values.keys():
            with suppress(Violation):
                url = operation.url(values)
                if check is not None and operation.parameters and check.is_valid(url):
                    return {"Location": url}
    return {}


def _value(sampled: Any, validator: Any, known: dict[str, Any], rule: Pinned) -> Any:
    value = echoed(sampled, known)
    if not validator.is_valid(value):
        value = sampled
    if rule.reply or rule.absent:
        for path in rule.absent:
            value = without(value, path)
        value = merged(value, rule.reply)
        error = next(validator.iter_errors(value), None)
        if error is not None:
            raise Violation(f"what the script pins breaks the contract: {error.message}")
    return value
