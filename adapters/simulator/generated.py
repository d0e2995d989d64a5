"""Scripts that are generated: answers sampled from the contract, echoing the request, or pinned by a file."""

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from email.message import Message
from math import ceil
from typing import Any

from lxml import etree

from adapters.contracts.markup import canonical, local
from adapters.contracts.violation import Violation
from adapters.samples.source import RestSource, SoapSource, Source, XmlSource
from adapters.samples.text import NoExample
from adapters.simulator import sampled, xml_answers
from adapters.simulator.answering import Answer, Call, Refusal, seed_of
from adapters.simulator.json_answers import at, leaves, merged, place, without
from adapters.simulator.owed import Asked, Owed
from adapters.simulator.pins import PLAIN, Pinned, Pins
from adapters.simulator.promises import PENDING, REASON, Ending
from adapters.simulator.sampled import Generate
from adapters.simulator.server import Request
from adapters.simulator.wording import Words, worded

FILE = "the bytes of a file"
RETRY_AFTER = "Retry-After"
DRAWS = 40  # samples that are tried until one means what it should


class Generated:
    """One contract's generated script. ``seed`` another, other answers."""

    def __init__(self, generate: Generate, pins: Pins, seed: int) -> None:
        self._generate = generate
        self._pins = pins
        self._seed = seed
        self.owed: Owed | None = None  # answers that come later
        self.words: Words = {}  # codes that answers keep to, by field
        self.elements: Mapping[str, str] = {}  # which element answers which, where names do not tell

    def key(self, call: Call) -> str:
        """What an agency that remembers calls knows this one by."""
        return self.owed.key(call) if self.owed is not None else ""

    def objection(self, call: Call | None, violation: Violation) -> Refusal | None:
        """The service's own words will do."""
        return None

    def answer(self, call: Call) -> Answer:
        """The first rule that fits, else a sample."""
        known = _known(call)
        rule = self._pins.rule(call.operation, known)
        is_pinned = rule is not PLAIN
        rule = replace(rule, element=rule.element or self.elements.get(call.operation, ""))
        seed = seed_of(self._seed, call.operation.encode(), call.request.path.encode(), _asked(call))
        asked = self.owed.asked(call, known) if self.owed is not None else None
        try:
            if rule.content is not None:
                answer = Answer(raw=rule.content, status=rule.status, note=FILE)
            elif asked is not None:
                answer = self._ended(call, rule, asked, seed)
            else:
                answer = self._promised(call, rule, known, seed)
        except Refusal as refusal:
            refusal.delay_ms = rule.delay_ms
            raise
        return replace(answer, note=answer.note or ("pinned" if is_pinned else ""), delay_ms=rule.delay_ms)

    def _promised(self, call: Call, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        """An answer at once; of an operation that is decided later, that it was taken."""
        promise = self.owed.promises.get(call.operation) if self.owed is not None else None
        if self.owed is None or promise is None:
            return self._worded(self._generate(call, rule, known, seed), rule, known, seed)
        own = seed_of(seed, call.key.encode())
        answer = Answer() if promise.by_letter else self._generate(call, rule, known, own)
        if promise.by_letter and call.switches.reject:
            return self._generate(call, rule, known, own)  # raises Refusal
        answer = _begun(answer, promise.endings[PENDING])
        if RETRY_AFTER in answer.headers:
            answer = replace(answer, headers={**answer.headers, RETRY_AFTER: str(ceil(self.owed.seconds))})
        self.owed.take(call, promise, known, _known(replace(call, content=answer.content, known={})))
        return answer

    def _worded(self, answer: Answer, rule: Pinned, known: dict[str, Any], seed: int) -> Answer:
        spared = {str(one) for one in (*known.values(), *leaves(rule.reply).values())}
        return replace(answer, content=worded(answer.content, self.words, spared, seed))

    def _ended(self, call: Call, rule: Pinned, asked: Asked, seed: int) -> Answer:
        """The answer to a status query."""
        wanted = replace(rule, element=rule.element or asked.promise.element)
        return self._saying(call, wanted, asked.ending, asked.known, seed)

    def told(self, operation: str, ending: Ending, known: dict[str, Any], number: str) -> Any:
        """What an agency says by itself of a job: the content of the operation's answer."""
        call = Call(operation, Request("POST", "", {}, Message(), b""))
        rule = self._pins.rule(operation, known)
        return self._saying(call, rule, ending, known, seed_of(self._seed, number.encode())).content

    def _saying(self, call: Call, rule: Pinned, ending: Ending, known: dict[str, Any], seed: int) -> Answer:
        """An answer that means what it should: its words pinned, others drawn until they do not deny it."""
        wanted = replace(
            rule,
            reply=merged(ending.reply, rule.reply),
            absent=ending.absent,
            full=rule.full or bool(ending.reason),
        )
        if ending.reason:
            explained = deepcopy(wanted.reply)
            place(explained, ending.reason, REASON)
            with suppress(Violation):  # where the contract has no room for the reason
                return self._generate(call, replace(wanted, reply=explained), known, seed)
        for turn in range(DRAWS):
            answer = self._generate(call, wanted, known, seed + turn)
            found = {path: _member(answer.content, path) for path in ending.avoid}
            if all(found[path] not in words for path, words in ending.avoid.items()):
                return answer
        raise NoExample(call.operation, "no sample of the answer means what it should; pin one in a script")


def _begun(answer: Answer, ending: Ending) -> Answer:
    """The first answer in JSON says by the same member as the later ones that nothing is decided yet."""
    if not isinstance(answer.content, dict):
        return answer
    shared = {name: one for name, one in ending.reply.items() if name in answer.content}
    value = merged(answer.content, shared)
    for path in ending.absent:
        value = without(value, path)
    return replace(answer, content=value)


def _member(content: Any, path: tuple[str, ...]) -> str:
    """The text at a path of an answer, "" where there is none."""
    if not etree.iselement(content):
        found = at(content, path)
        return "" if found is None else str(found)
    for name in path[:-1]:
        content = next((one for one in content if local(one.tag) == name), None)
        if content is None:
            return ""
    child = next((one for one in content if local(one.tag) == path[-1]), None)
    return content.get(path[-1], "") if child is None else (child.text or "").strip()


def _known(call: Call) -> dict[str, Any]:
    """Single values of a message by their own name."""
    if etree.iselement(call.content):
        return xml_answers.texts(call.content)
    return {**leaves(call.content), **call.known}


def _asked(call: Call) -> bytes:
    """What was asked, whatever the envelope around it."""
    if etree.iselement(call.content):
        return canonical(call.content)
    return call.request.body


def script(source: Source, pins: Pins, seed: int) -> Generated:
    """The generated script of a contract over HTTP; raises TypeError for a record layout."""
    if isinstance(source, SoapSource):
        return Generated(sampled.soap(source), pins, seed)
    if isinstance(source, XmlSource):
        return Generated(sampled.xml(source), pins, seed)
    if isinstance(source, RestSource):
        return Generated(sampled.rest(source), pins, seed)
    raise TypeError("a record layout has no calls")
