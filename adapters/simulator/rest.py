"""An OpenAPI document served: paths, methods, parameters and JSON bodies checked, answers sampled."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from adapters.contracts.json_lines import line_of
from adapters.contracts.openapi import RestOperation
from adapters.contracts.rest_operation import is_json
from adapters.contracts.violation import Violation
from adapters.samples import rest
from adapters.samples.json_schema import JsonSampler
from adapters.samples.source import RestSource
from adapters.simulator import parameters
from adapters.simulator.answering import Answered, echoed, leaves, merged, said, seed_of
from adapters.simulator.script import PLAIN, Pinned, Script
from adapters.simulator.server import Request, Response

_WORDS = ("detail", "message", "reason", "description", "error", "title", "text")


class RestService:
    """Answers the operations of one OpenAPI document, under any base path."""

    protocol = "REST"

    def __init__(self, source: RestSource, script: Script, seed: int) -> None:
        self.script = script
        self.seed = seed
        self.routes = [(_route(one), one) for one in source.operations.values()]
        self.routes.sort(
            key=lambda route: route[1].path.count("{")
        )  # a written path before one with parameters

    def named(self, request: Request) -> str:
        """The operation that a request is for, "" where there is none."""
        fitting = (one for regex, one in self.routes if regex.search(request.path))
        return next((one.name for one in fitting if one.method == request.method), "")

    def answer(self, request: Request, *, refuse: bool) -> Answered:
        """One request; what breaks the contract gets a problem (RFC 9457) with line and reason."""
        fitting = [(found, one) for regex, one in self.routes if (found := regex.search(request.path))]
        if not fitting:
            known = sorted({f"{one.method} {one.path}" for _, one in self.routes})
            return _problem(404, f"no operation has this path; there is: {', '.join(known)}", "")
        match = next(((found, one) for found, one in fitting if one.method == request.method), None)
        if match is None:
            allowed = ", ".join(sorted({one.method for _, one in fitting}))
            return _problem(405, f"the contract has {allowed} here", "", {"Allow": allowed})
        found, operation = match
        try:
            known_values = self._checked(operation, found, request)
        except Violation as error:
            return _invalid(operation, said(error), seed_of(self.seed, request.body))
        return self._reply(operation, request, known_values, refuse)

    def _checked(self, operation: RestOperation, found: re.Match[str], request: Request) -> dict[str, Any]:
        path = {name: unquote(one) for name, one in _named(found, operation)}
        known = parameters.checked(operation, path, request)
        content_type = request.header("Content-Type").partition(";")[0].strip()
        if operation.media_types and request.body and not is_json(content_type):
            if content_type not in operation.media_types:
                taken = ", ".join(operation.media_types)
                raise Violation(f"a body of {content_type or 'no type'}; the contract takes {taken}")
            return known  # a type that the contract names and does not describe
        if operation.body is None:
            return known
        body = _json(request.body)
        try:
            operation.check_request(body)
        except Violation as error:
            place = [int(part) if part.isdecimal() else part for part in error.path.split("/") if part]
            line = line_of(request.body.decode(), place)
            raise Violation(error.message, path=error.path, line=line) from error
        return {**known, **leaves(body)}

    def _reply(
        self, operation: RestOperation, request: Request, known: dict[str, Any], refuse: bool
    ) -> Answered:
        rule = self.script.rule(operation.name, known)
        answered = self._ruled(operation, request, known, rule, refuse)
        return replace(answered, delay_ms=rule.delay_ms)

    def _ruled(
        self, operation: RestOperation, request: Request, known: dict[str, Any], rule: Pinned, refuse: bool
    ) -> Answered:
        seed = seed_of(self.seed, operation.name.encode(), request.path.encode(), request.body)
        good, bad = rest.statuses(operation, 2), rest.statuses(operation, 4)
        status = rule.status or ((bad or [409])[0] if refuse else (good or [204])[0])
        if rule.content is not None:
            return Answered(Response(status, rule.content, "application/json"), operation.name, "pinned")
        answer = operation.answer(status)
        if answer is None:
            return _problem(status, "refused, as the simulator was told", operation.name)
        headers = dict.fromkeys(answer.required_headers, f"{request.path}/1")
        if answer.body is None:
            kind = next(iter(answer.media_types), "")  # named by the contract, and not described
            sent = b"example" if kind else b""
            return Answered(Response(status, sent, kind or "application/json", headers), operation.name)
        value = _value(JsonSampler(answer.body, full=rule.full, seed=seed).value(), answer.body, known, rule)
        body = json.dumps(value, ensure_ascii=False).encode()
        note = "" if rule is PLAIN else "pinned"
        return Answered(Response(status, body, answer.media_type, headers), operation.name, note)


def _value(sampled: Any, validator: Any, known: dict[str, Any], rule: Pinned) -> Any:
    value = echoed(sampled, known)
    if not validator.is_valid(value):
        value = sampled
    if rule.reply:
        value = merged(value, rule.reply)
        error = next(validator.iter_errors(value), None)
        if error is not None:
            raise Violation(f"what the script pins breaks the contract: {error.message}")
    return value


def _invalid(operation: RestOperation, reason: str, seed: int) -> Answered:
    """A refusal in the contract's own words where it has some that can hold the reason."""
    status = next((one for one in (400, 422) if one in operation.answers), 400)
    answer = operation.answer(status)
    if answer is not None and answer.body is not None:
        value = JsonSampler(answer.body, full=True, seed=seed).value()
        for word in _WORDS:
            if isinstance(value, dict) and isinstance(value.get(word), str):
                told = {**value, word: reason}
                if answer.body.is_valid(told):
                    body = json.dumps(told, ensure_ascii=False).encode()
                    return Answered(
                        Response(status, body, answer.media_type), operation.name, f"refused: {reason}"
                    )
    return _problem(status, reason, operation.name)


def _problem(status: int, detail: str, operation: str, headers: dict[str, str] | None = None) -> Answered:
    body = {"type": "about:blank", "title": "Refused by the simulator", "status": status, "detail": detail}
    sent = json.dumps(body, ensure_ascii=False).encode()
    response = Response(status, sent, "application/problem+json", headers or {})
    return Answered(response, operation, f"refused: {detail}")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Violation(
            f"not UTF-8 at byte {error.start}", line=body.count(b"\n", 0, error.start) + 1
        ) from error
    except json.JSONDecodeError as error:
        raise Violation(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise Violation("nested too deep") from error


def _named(found: re.Match[str], operation: RestOperation) -> list[tuple[str, str]]:
    return [(one.name, found[_group(one.name)]) for one in operation.declared if one.place == "path"]


def _group(name: str) -> str:
    return "p_" + re.sub(r"\W", "_", name)


def _route(operation: RestOperation) -> re.Pattern[str]:
    parts = re.split(r"\{([^{}]+)\}", operation.path)
    text = "".join(
        re.escape(part) if number % 2 == 0 else f"(?P<{_group(part)}>[^/]+)"
        for number, part in enumerate(parts)
    )
    return re.compile(rf"{text}/?\Z")
