"""One operation of a REST contract: its address, the check of what is sent, the reading of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from jsonschema import Draft202012Validator

from adapters.contracts import parameter_readings as readings
from adapters.contracts.media.content import Content, bare, fitting
from adapters.contracts.parameters import Parameter
from adapters.contracts.violation import Violation

PROBLEM = "application/problem+json"
_NO_PARAMETERS = {"accept", "content-type", "authorization"}
_SET_BY_ADAPTER = {"idempotency-key", "if-match"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status promises: bodies by media type, and headers (``Content-Type`` is none of them)."""

    contents: tuple[Content, ...] = ()
    headers: tuple[Parameter, ...] = ()
    description: str = ""

    @property
    def content(self) -> Content | None:
        """The type that is read first."""
        return next(iter(self.contents), None)

    @property
    def body(self) -> Draft202012Validator | None:
        """What checks the value of that type."""
        return self.contents[0].validator if self.contents else None

    @property
    def required_headers(self) -> dict[str, Parameter]:
        """The headers that must be there."""
        return {one.name: one for one in self.headers if one.required}

    def check_headers(self, headers: Mapping[str, str]) -> None:
        """Raise Violation for a header that is required and absent or wrong; names compare without case."""
        given = {name.lower(): text for name, text in headers.items()}
        for name, one in self.required_headers.items():
            if name.lower() not in given:
                raise Violation(f"the answer has no header {name}")
            try:
                readings.check(one, [readings.listed(one, given[name.lower()])])
            except Violation as error:
                raise Violation(f"the header {name} is wrong: {error.message}", path=name) from error


@dataclass(frozen=True, slots=True)
class RestOperation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    parameters: dict[str, Draft202012Validator]  # path parameters
    headers: dict[str, Draft202012Validator]  # header parameters, by name as declared
    answers: dict[int, Answer]
    ranges: Mapping[int, Answer]  # 2 is 2XX
    default: Answer | None = None
    declared: tuple[Parameter, ...] = ()  # all parameters, the query's among them
    contents: tuple[Content, ...] = ()  # of the request's body, the one that is sent in front
    needs_body: bool = False

    @property
    def content(self) -> Content | None:
        """The media type that is sent."""
        return next(iter(self.contents), None)

    @property
    def body(self) -> Draft202012Validator | None:
        """What checks the value of the body that is sent."""
        return self.contents[0].validator if self.contents else None

    @property
    def media_types(self) -> tuple[str, ...]:
        """All types that the request's body may have."""
        return tuple(one.media_type for one in self.contents)

    @property
    def accept(self) -> str:
        """The types of all answers, those of success in front, and problems (RFC 9457)."""
        declared = [*self.answers.items(), *((one * 100, answer) for one, answer in self.ranges.items())]
        answers = [answer for _, answer in sorted(declared, key=lambda two: two[0])]
        answers += [self.default] if self.default is not None else []
        found = [bare(one.media_type) for answer in answers for one in answer.contents]
        return ", ".join(dict.fromkeys([*(found or ["*/*"]), PROBLEM]))

    @property
    def needed(self) -> tuple[str, ...]:
        """The parameters that must be given: not those that are no parameters, nor what adapters set."""
        given = {*_NO_PARAMETERS, *_SET_BY_ADAPTER}
        return tuple(
            one.name
            for one in self.declared
            if one.required and not (one.place == "header" and one.name.lower() in given)
        )

    def url(self, values: Mapping[str, Any]) -> str:
        """The path with its parameters filled in and escaped, and its query.

        Raises Violation naming the parameter. A query parameter without a value is left out unless required.
        """
        path, query = self.path, []
        for one in self.declared:
            if one.place == "path":
                value = values.get(one.name, "")
                one.check(value)
                path = path.replace(f"{{{one.name}}}", one.in_path(value))
            elif one.place == "query" and (one.required or one.name in values):
                value = values.get(one.name)
                if value is None:
                    raise Violation("is required by the agency", path=one.name)
                one.check(value)
                query += one.in_query(value)
        return f"{path}?{'&'.join(query)}" if query else path

    def sent_headers(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The parameters that travel as headers and cookies; raises Violation naming the parameter.

        ``Accept``, ``Content-Type`` and ``Authorization`` are not parameters (OpenAPI 3.1.1, 4.8.12.1).
        """
        found, cookies = {}, []
        for one in self.declared:
            if one.place not in {"header", "cookie"} or one.name.lower() in _NO_PARAMETERS:
                continue
            if values.get(one.name) is None:
                if one.name in self.needed:
                    raise Violation("is required by the agency", path=one.name)
                continue
            one.check(values[one.name])
            if one.place == "cookie":
                cookies.append(one.in_cookie(values[one.name]))
            else:
                found[one.name] = one.in_header(values[one.name])
        return found | ({"Cookie": "; ".join(cookies)} if cookies else {})

    def answer(self, status: int) -> Answer | None:
        """What is promised for a status: its own, its range's (``2XX``), or the default's."""
        return self.answers.get(status) or self.ranges.get(status // 100) or self.default

    def check_request(self, body: Any) -> None:
        """Raise Violation where a body breaks the contract; ``path`` has ``/`` between members."""
        if self.content is not None:
            self.content.check(body)

    def promised(self, status: int) -> Answer:
        """What is promised for a status; raises Violation where that is nothing."""
        answer = self.answer(status)
        if answer is None:
            raise Violation(f"the contract knows no answer {status} of {self.name}")
        return answer

    def read(self, status: int, headers: Mapping[str, str], content_type: str, body: bytes) -> Any:
        """The value of an answer, None where no body is promised; raises Violation, with the line if any."""
        answer = self.promised(status)
        answer.check_headers(headers)
        if not answer.contents or self.method == "HEAD" or status in {204, 205, 304}:
            return None
        content = fitting(answer.contents, content_type)
        if content is None:
            types = " or ".join(one.media_type for one in answer.contents)
            raise Violation(f"the answer is {bare(content_type) or 'of no type'}, not {types}")
        return content.read(content_type, body)


def phrase(status: int) -> str:
    """What a status is called (RFC 9110, 15)."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
