"""An OpenAPI document served: paths, methods, parameters and bodies checked."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from adapters.contracts.media.content import bare, fitting, is_json
from adapters.contracts.openapi import RestOperation
from adapters.contracts.violation import Violation
from adapters.samples.json_schema import JsonSampler
from adapters.samples.source import RestSource
from adapters.simulator import documents, parameters
from adapters.simulator.answering import Answer, Answered, Call, Refusal, Script, said, seed_of
from adapters.simulator.json_answers import leaves
from adapters.simulator.server import Request, Response

JsonJudge = Callable[[RestOperation, Any], None]  # raises Violation for a body that breaks the contract

_WORDS = ("detail", "message", "reason", "description", "error", "title", "text")


class RestService:
    """Serves the operations of one OpenAPI document, under any base path.

    ``judge`` checks bodies in place of the contract's own check.
    """

    protocol = "REST"

    def __init__(self, source: RestSource, *, judge: JsonJudge | None = None) -> None:
        self.files = source.files
        self.operations = source.operations
        self._judge = judge or RestOperation.check_request
        self.routes = [(_route(one), one) for one in source.operations.values()]
        self.routes.sort(key=lambda route: _looseness(route[1].path))

    def document(self, request: Request, address: str) -> Response | None:
        """The document at ``/openapi.json``, with its server rewritten."""
        return documents.answer(self.files, request, address)

    def open(self, request: Request, script: Script) -> Call | Answered:
        """The operation of a path and method."""
        fitting = [(found, one) for regex, one in self.routes if (found := regex.search(request.path))]
        if not fitting:
            known = sorted({f"{one.method} {one.path}" for _, one in self.routes})
            return _problem(404, f"no operation has this path; there is: {', '.join(known)}", "")
        match = next(((found, one) for found, one in fitting if one.method == request.method), None)
        if match is None:
            allowed = ", ".join(sorted({one.method for _, one in fitting}))
            return _problem(405, f"the contract has {allowed} here", "", {"Allow": allowed})
        found, operation = match
        path = {name: unquote(one) for name, one in _named(found, operation)}
        call = Call(operation.name, request, known=path)
        return replace(call, key=script.key(call))

    def carry_out(self, call: Call, script: Script) -> Answered:
        """Check parameters and body, have it answered; a breach gets a problem (RFC 9457)."""
        operation = self.operations[call.operation]
        try:
            try:
                call = self._checked(operation, call)
            except Violation as error:
                objection = script.objection(call, error)
                if objection is None:
                    return _invalid(operation, said(error), seed_of(0, call.request.body))
                raise objection from error
            answer = script.answer(call)
        except Refusal as refusal:
            return _refused(refusal, operation.name)
        body, kind = answer.raw, answer.media_type or "application/json"
        if body is None:
            kind, body = _written(operation, answer)
        response = Response(answer.status or 200, body, kind, answer.headers)
        return Answered(response, operation.name, answer.note, answer.delay_ms)

    def _checked(self, operation: RestOperation, call: Call) -> Call:
        request = call.request
        known = parameters.checked(operation, call.known, request)
        if not operation.contents or not (request.body or operation.needs_body):
            return replace(call, known=known)
        content_type = request.header("Content-Type")
        content = fitting(operation.contents, content_type)
        if content is None and request.body:
            taken = ", ".join(operation.media_types)
            raise Violation(f"a body of {bare(content_type) or 'no type'}; the contract takes {taken}")
        content = content or operation.contents[0]
        body = content.form.read(content_type, request.body)
        try:
            self._judge(operation, body) if is_json(content.media_type) else content.check(body)
        except Violation as error:
            place = [int(part) if part.isdecimal() else part for part in error.path.split("/") if part]
            line = content.form.line(request.body, place)
            raise Violation(error.message, path=error.path, line=line) from error
        return replace(call, content=body, known={**known, **leaves(body)})


def _written(operation: RestOperation, answer: Answer) -> tuple[str, bytes]:
    """An answer as it travels; raises Violation where the contract does not promise it: a script's fault."""
    promised = operation.answer(answer.status or 200)
    contents = () if promised is None else promised.contents
    content = fitting(contents, answer.media_type) if answer.media_type else next(iter(contents), None)
    if content is None:
        raise Violation(f"the contract knows no answer {answer.status} of {operation.name}")
    try:
        content.check(answer.content)
    except Violation as error:
        raise Violation(f"an answer that breaks the contract: {said(error)}") from error
    return content.write(answer.content)


def _refused(refusal: Refusal, operation: str) -> Answered:
    if refusal.content is None:
        return replace(
            _problem(refusal.status or 409, refusal.text, operation, refusal.headers),
            delay_ms=refusal.delay_ms,
        )
    body = json.dumps(refusal.content, ensure_ascii=False).encode()
    response = Response(refusal.status or 409, body, "application/problem+json", refusal.headers)
    return Answered(response, operation, f"refused: {refusal.text}", refusal.delay_ms)


def _invalid(operation: RestOperation, reason: str, seed: int) -> Answered:
    """A refusal in the contract's own words where it has some that can hold the reason."""
    status = next((one for one in (400, 422) if one in operation.answers), 400)
    answer = operation.answer(status)
    content = None if answer is None else answer.content
    if content is not None:
        value = JsonSampler(content.validator, full=True, seed=seed).value()
        for word in _WORDS:
            if isinstance(value, dict) and isinstance(value.get(word), str):
                told = {**value, word: reason}
                if content.validator.is_valid(told):
                    kind, body = content.write(told)
                    return Answered(Response(status, body, kind), operation.name, f"refused: {reason}")
    return _problem(status, reason, operation.name)


def _problem(status: int, detail: str, operation: str, headers: dict[str, str] | None = None) -> Answered:
    body = {"type": "about:blank", "title": "Refused by the simulator", "status": status, "detail": detail}
    sent = json.dumps(body, ensure_ascii=False).encode()
    response = Response(status, sent, "application/problem+json", headers or {})
    return Answered(response, operation, f"refused: {detail}")


def _named(found: re.Match[str], operation: RestOperation) -> list[tuple[str, str]]:
    names = re.findall(r"\{([^{}]+)\}", operation.path)
    return list(zip(names, found.groups(), strict=True))


def _looseness(path: str) -> tuple[int, int]:
    """What puts a path with more written steps before others, and of those the one with fewer parameters."""
    steps = [step for step in path.split("/") if step]
    written = sum("{" not in step for step in steps)
    return -written, len(steps) - written


def _route(operation: RestOperation) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]+\}", operation.path)
    return re.compile(rf"{'([^/]+)'.join(map(re.escape, parts))}/?\Z")
