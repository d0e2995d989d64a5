"""One operation of a REST contract: its address, the check of what is sent, the reading of answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from adapters.contracts.json_lines import line_of
from adapters.contracts.parameters import Parameter
from adapters.contracts.violation import Violation

FORM = "application/x-www-form-urlencoded"
_NO_PARAMETERS = {"accept", "content-type", "authorization"}
_SET_BY_ADAPTER = {"idempotency-key", "if-match"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status promises. ``body`` checks the JSON of ``media_type``; other types are only named."""

    body: Draft202012Validator | None
    media_type: str
    required_headers: Mapping[str, Draft202012Validator]  # each with what checks its value
    media_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestOperation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    parameters: dict[str, Draft202012Validator]  # path parameters
    headers: dict[str, Draft202012Validator]  # header parameters, by name as declared
    body: Draft202012Validator | None
    body_schema: Any  # what of the body is required, references followed: see required_paths
    answers: dict[int, Answer]
    ranges: Mapping[int, Answer]  # 2 is 2XX
    default: Answer | None = None
    declared: tuple[Parameter, ...] = ()  # all parameters, the query's among them
    media_types: tuple[str, ...] = ()  # of the request's body
    form: tuple[Parameter, ...] = ()  # the members of a body that is a form, each written as in a query

    @property
    def content_type(self) -> str:
        """The media type of the body that is sent: the contract's first JSON type, or a form."""
        return FORM if self.form else next(filter(is_json, self.media_types), "application/json")

    def encoded(self, body: Any) -> bytes:
        """A body that was checked, as it travels (a form: OpenAPI 3.1.1, 4.8.15.1)."""
        if not self.form:
            return json.dumps(body, ensure_ascii=False).encode()
        pairs = [pair for one in self.form if one.name in body for pair in one.in_query(body[one.name])]
        return "&".join(pairs).encode()

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
        if self.body is not None:
            _insist(self.body, body, "")

    def read(self, status: int, headers: Mapping[str, str], media_type: str, body: bytes) -> Any:
        """The JSON value of an answer; raises Violation, with the line where there is one."""
        answer = self.answer(status)
        if answer is None:
            raise Violation(f"the contract knows no answer {status} of {self.name}")
        for name in answer.required_headers:
            if name not in headers:
                raise Violation(f"the answer has no header {name}")
        if answer.body is None:
            return None
        if media_type != answer.media_type and not (media_type in answer.media_types and is_json(media_type)):
            raise Violation(f"the answer is {media_type or 'of no type'}, not {answer.media_type}")
        text, value = _parse(body)
        error = best_match(answer.body.iter_errors(value))
        if error is not None:
            place = list(error.absolute_path)
            raise Violation(error.message, path=_joined(place), line=line_of(text, place))
        return value


def is_json(media_type: str) -> bool:
    """True for JSON and what is written in JSON (RFC 6839)."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare == "application/json" or bare.endswith("+json") or bare == "text/json"


def _insist(validator: Draft202012Validator, value: Any, name: str) -> None:
    error = best_match(validator.iter_errors(value))
    if error is None:
        return
    place = [*([name] if name else []), *error.absolute_path]
    if error.validator == "required" and isinstance(error.instance, dict):
        place += [one for one in error.validator_value if one not in error.instance][:1]
    raise Violation(error.message, path=_joined(place))


def _joined(place: list[str | int]) -> str:
    return "/".join(str(part) for part in place)


def _parse(body: bytes) -> tuple[str, Any]:
    try:
        text = body.decode("utf-8")
        return text, json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Violation(f"not UTF-8 at byte {error.start}", line=line) from error
    except json.JSONDecodeError as error:
        raise Violation(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise Violation("nested too deep") from error


def _refuse_constant(name: str) -> Any:
    raise Violation(f"{name} is not JSON")
