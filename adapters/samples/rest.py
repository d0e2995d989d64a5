"""HTTP messages with JSON bodies, made from an operation of an OpenAPI document."""

import json
from dataclasses import dataclass, field
from typing import Any

from adapters.contracts.openapi import RestOperation
from adapters.samples.json_schema import JsonSampler
from adapters.samples.text import NoExample


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or an answer; ``first`` is its first line."""

    first: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False

    def as_text(self) -> str:
        """As it is shown to people."""
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers.items())]
        body = ["", json.dumps(self.body, indent=2, ensure_ascii=False)] if self.has_body else []
        return "\n".join([*lines, *body])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def request(operation: RestOperation, *, full: bool = False, seed: int = 0) -> HttpMessage:
    """A valid request; raises NoExample."""

    def sample(validator: Any) -> Any:
        return JsonSampler(validator, full=full, seed=seed).value()

    values = {name: _text(sample(one)) for name, one in operation.parameters.items()}
    headers = {name: _text(sample(one)) for name, one in operation.headers.items()}
    body = None
    if operation.body is not None:
        body = sample(operation.body)
        headers["Content-Type"] = "application/json"
    line = f"{operation.method} {operation.url(values)}"
    return HttpMessage(line, headers, body, operation.body is not None)


def reply(
    operation: RestOperation, *, status: str | None = None, full: bool = False, seed: int = 0
) -> HttpMessage:
    """A valid answer with the lowest good status, or the one wanted; raises NoExample."""
    known = sorted(operation.answers)
    wanted = int(status) if status and status.isdecimal() else next((one for one in known if one < 300), 200)
    answer = operation.answer(wanted)
    if answer is None:
        raise NoExample(f"{operation.name} {status or 2}xx", f"the contract has {known}")
    headers = dict.fromkeys(answer.required_headers, "example")
    if answer.body is None:
        return HttpMessage(str(wanted), headers)
    headers["Content-Type"] = answer.media_type
    return HttpMessage(str(wanted), headers, JsonSampler(answer.body, full=full, seed=seed).value(), True)
