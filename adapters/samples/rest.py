"""HTTP messages made from an operation of an OpenAPI document."""

import json
from dataclasses import dataclass, field
from typing import Any

from adapters.contracts.media.content import Content, is_json
from adapters.contracts.openapi import RestOperation
from adapters.contracts.rest_operation import Answer
from adapters.samples.json_schema import JsonSampler
from adapters.samples.text import NoExample


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or an answer; ``first`` is its first line."""

    first: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    octets: bytes | None = None  # the body as it travels, where that is not JSON

    def as_text(self) -> str:
        """As it is shown to people."""
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers.items())]
        body = ["", self._text()] if self.has_body else []
        return "\n".join([*lines, *body])

    def _text(self) -> str:
        if self.octets is None:
            return json.dumps(self.body, indent=2, ensure_ascii=False)
        text = self.octets.decode("utf-8", "replace").replace("\r\n", "\n")
        return text if text.replace("\n", "").replace("\t", "").isprintable() else self.octets.hex(" ")


def request(operation: RestOperation, *, full: bool = False, seed: int = 0) -> HttpMessage:
    """A valid request, with the parameters that are required or, where ``full``, all; raises NoExample."""

    def sample(validator: Any) -> Any:
        return JsonSampler(validator, full=full, seed=seed).value()

    wanted = [one for one in operation.declared if one.required or full]
    values = {one.name: sample(one.validator) for one in wanted}
    for one in wanted:
        if values[one.name] in ([], {}):  # nothing would stand there
            values[one.name] = JsonSampler(one.validator, full=True, seed=seed).value()
    headers = operation.sent_headers(values)
    line = f"{operation.method} {operation.url(values)}"
    return _message(line, headers, operation.content, full, seed)


def _message(
    first: str, headers: dict[str, str], content: Content | None, full: bool, seed: int
) -> HttpMessage:
    if content is None:
        return HttpMessage(first, headers)
    value = sampled(content, full=full, seed=seed)
    headers["Content-Type"], octets = content.write(value)
    return HttpMessage(first, headers, value, True, None if is_json(content.media_type) else octets)


def sampled(content: Content, *, full: bool = False, seed: int = 0) -> Any:
    """A value of a media type: of XML one that XML can carry. Raises NoExample."""
    return JsonSampler(content.validator, full=full, seed=seed).value()


def promised_headers(answer: Answer, seed: int) -> dict[str, str]:
    """A value for each header that an answer must have; raises NoExample."""
    return {
        name: one.in_header(JsonSampler(one.validator, seed=seed).value())
        for name, one in answer.required_headers.items()
    }


def statuses(operation: RestOperation, hundred: int) -> list[int]:
    """The statuses of a class (2, 4 …) that the contract promises; a range and a default count as one."""
    found = sorted(status for status in operation.answers if status // 100 == hundred)
    if not found and (hundred in operation.ranges or operation.default is not None):
        found = [{2: 200, 4: 400, 5: 500}.get(hundred, hundred * 100)]
    return found


def reply(
    operation: RestOperation, *, status: str | None = None, full: bool = False, seed: int = 0
) -> HttpMessage:
    """A valid answer with the lowest good status, or the one wanted; raises NoExample.

    Of an operation that promises no good one, it is the lowest that is promised.
    """
    good = [one for hundred in (2, 3, 1, 4, 5) for one in statuses(operation, hundred)]
    wanted = int(status) if status and status.isdecimal() else next(iter(good), 0)
    answer = operation.answer(wanted) if wanted else None
    if answer is None:
        known = [*map(str, sorted(operation.answers)), *(f"{one}XX" for one in operation.ranges)]
        raise NoExample(
            f"{operation.name} {status or '2XX'}", f"the contract has {', '.join(known) or 'none'}"
        )
    headers = promised_headers(answer, seed)
    return _message(str(wanted), headers, answer.content, full, seed)
