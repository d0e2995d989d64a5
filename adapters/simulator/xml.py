"""An XSD served: XML over HTTP, posted or asked for by name."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation
from adapters.samples.source import XmlSource
from adapters.simulator import documents
from adapters.simulator.answering import Answered, Call, Judge, Refusal, Script, said
from adapters.simulator.server import Request, Response

_ASKING = ("Request", "Query", "Vraag", "Anfrage")
_ASKED_BY = ("Get", "Find", "Search", "List", "Lookup", "Read", "Query")
_MANY = {"Find", "Search", "List", "Query"}
_ANSWERING = ("Response", "Reply", "Answer", "Result", "Antwoord", "Antwort")


class XmlService:
    """Serves elements that are posted, and ``GET /Address/…`` as a call of the element Address.

    ``judge`` checks messages in place of the contract's own validator; ``path`` is where
    is posted ("": anywhere).
    """

    protocol = "XML over HTTP"

    def __init__(self, source: XmlSource, *, judge: Judge | None = None, path: str = "") -> None:
        self.contract = source.xml
        self.elements = {local(name): name for name in source.elements}
        self.files = source.files
        self.path = path
        self._judge = judge or self.contract.validator.check

    def document(self, request: Request, address: str) -> Response | None:
        """The schema by its name, or at ``?xsd``."""
        return documents.answer(self.files, request, address)

    def open(self, request: Request, script: Script) -> Call | Answered:
        """The element that is posted or asked for."""
        if request.method == "GET":
            name = self._asked(request)
            known = {one: values[0] for one, values in request.query.items()}
            call = Call(name, request, known=known)
            return replace(call, key=script.key(call))
        if self.path and (request.path != self.path or request.method != "POST"):
            return _text(404, f"Post requests to {self.path}.", "")
        try:
            root = parse(request.body)
        except Violation as error:
            return self._written(script.objection(None, error) or Refusal(said(error), status=400), "")
        call = Call(local(root.tag), request, root, root=root)
        return replace(call, key=script.key(call))

    def carry_out(self, call: Call, script: Script) -> Answered:
        """Check a document, have it answered, check the answer."""
        try:
            if call.content is not None:
                try:
                    self._judge(call.content)
                except Violation as error:
                    raise script.objection(call, error) or Refusal(said(error), status=400) from error
            answer = script.answer(call)
        except Refusal as refusal:
            return self._written(refusal, call.operation)
        body = answer.raw
        if body is None:
            body = self._bytes(answer.content)
        response = Response(answer.status or 200, body, headers=answer.headers)
        return Answered(response, call.operation, answer.note, answer.delay_ms)

    def _written(self, refusal: Refusal, operation: str) -> Answered:
        if refusal.content is None:
            found = _text(refusal.status or 400, refusal.text, operation)
            return replace(found, delay_ms=refusal.delay_ms)
        response = Response(refusal.status or 200, self._bytes(refusal.content), headers=refusal.headers)
        return Answered(response, operation, f"refused: {refusal.text}", refusal.delay_ms)

    def _bytes(self, element: Any) -> bytes:
        self._judge(element)
        return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8"))

    def _asked(self, request: Request) -> str:
        words = [unquote(part) for part in request.path.split("/") if part]
        by_word = {name.lower(): name for name in self.elements}
        name = next((by_word[one.lower()] for one in words if one.lower() in by_word), "")
        return name or (next(iter(self.elements)) if len(self.elements) == 1 else "")


def answer_to(name: str, elements: dict[str, str], method: str = "POST") -> str:
    """The element that answers another, by the ways such elements are named; "" where none is found."""
    if method == "GET":
        return name
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
