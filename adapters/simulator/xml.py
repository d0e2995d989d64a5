"""An XSD served: XML over HTTP, posted or asked for by name."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation
from adapters.samples.source import XmlSource
from adapters.simulator import xml_answers
from adapters.simulator.answering import Answered, said, seed_of
from adapters.simulator.script import PLAIN, Pinned, Script
from adapters.simulator.server import Request, Response

_ASKING = ("Request", "Query", "Vraag", "Anfrage")
_ASKED_BY = ("Get", "Find", "Search", "List", "Lookup", "Read", "Query")
_MANY = {"Find", "Search", "List", "Query"}
_ANSWERING = ("Response", "Reply", "Answer", "Result", "Antwoord", "Antwort")


class XmlService:
    """Answers a posted element with the one named like it (``MoveRequest``: ``MoveResponse``).

    ``GET /Address/…`` answers the element Address. A script's ``operation`` is the element that was sent or
    asked for.
    """

    protocol = "XML over HTTP"

    def __init__(self, source: XmlSource, script: Script, seed: int) -> None:
        self.contract = source.xml
        self.elements = {local(name): name for name in source.elements}
        self.script = script
        self.seed = seed

    def answer(self, request: Request, *, refuse: bool) -> Answered:
        """One document; what breaks the contract is answered by 400 with line and reason."""
        if request.method == "GET":
            return self._asked(request, refuse)
        try:
            root = parse(request.body)
            self.contract.validator.check(root)
        except Violation as error:
            return _text(400, said(error), "")
        name = local(root.tag)
        return self._reply(name, _answer_to(name, self.elements), xml_answers.texts(root), request, refuse)

    def _asked(self, request: Request, refuse: bool) -> Answered:
        words = [unquote(part) for part in request.path.split("/") if part]
        by_word = {name.lower(): name for name in self.elements}
        name = next((by_word[one.lower()] for one in words if one.lower() in by_word), "")
        if not name and len(self.elements) == 1:
            (name,) = self.elements
        known = {one: values[0] for one, values in request.query.items()}
        return self._reply(name, name, known, request, refuse)

    def _reply(
        self, name: str, answer: str, known: dict[str, str], request: Request, refuse: bool
    ) -> Answered:
        rule = self.script.rule(name, known)
        reply = self.elements.get(rule.element or answer)
        answered = self._ruled(name, reply, known, rule, request, refuse)
        return replace(answered, delay_ms=rule.delay_ms)

    def _ruled(
        self,
        name: str,
        reply: str | None,
        known: dict[str, str],
        rule: Pinned,
        request: Request,
        refuse: bool,
    ) -> Answered:
        if rule.content is not None:
            return Answered(Response(rule.status or 200, rule.content), name, "pinned")
        if refuse or rule.status >= 400:
            return _text(rule.status or 409, "refused, as the simulator was told", name)
        if reply is None:
            there = ", ".join(sorted(self.elements)[:30])
            return _text(
                404, f"the contract has no answer to {name or request.path}; its elements: {there}", name
            )
        seed = seed_of(self.seed, request.path.encode(), request.body)
        made = xml_answers.answer(self.contract, reply, known, rule, seed)
        body: Any = etree.tostring(made, xml_declaration=True, encoding="UTF-8")
        return Answered(Response(200, bytes(body)), name, "" if rule is PLAIN else "pinned")


def _answer_to(name: str, elements: dict[str, str]) -> str:
    """The element that answers another, by the ways such elements are named; "" where none is found."""
    stem = next((name.removesuffix(word) for word in _ASKING if name.endswith(word)), name)
    verb = next((word for word in _ASKED_BY if stem.startswith(word)), "")
    bare = stem.removeprefix(verb)
    lists = ("List", "Detail", "Details", "") if verb in _MANY else ("", "Detail", "Details", "List")
    named = [*(f"{stem}{word}" for word in _ANSWERING), *(f"{bare}{word}" for word in (*_ANSWERING, *lists))]
    found = next((one for one in named if one in elements and one != name), "")
    others = [one for one in elements if one != name]
    return found or (others[0] if len(others) == 1 else "")


def _text(status: int, reason: str, operation: str) -> Answered:
    response = Response(status, f"{reason}\n".encode(), "text/plain; charset=utf-8")
    return Answered(response, operation, f"refused: {reason}")
