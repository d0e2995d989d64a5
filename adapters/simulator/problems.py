"""Refusals of agencies that speak JSON: problems (RFC 9457) that point at what is wrong."""

import json
from http import HTTPStatus
from typing import Any

from adapters.contracts.violation import Violation
from adapters.simulator.answering import Call, Refusal
from adapters.simulator.published_json import PublishedJudge

JSON = dict[str, Any]


def problem(status: int, detail: str, errors: list[JSON] | None = None) -> Refusal:
    """A refusal; ``errors`` are ``{"pointer", "detail"}`` of a body's members."""
    value: JSON = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    value |= {"detail": detail, **({"errors": errors} if errors else {})}
    return Refusal(detail, value, status=status)


def objection(judge: PublishedJudge, call: Call | None, violation: Violation) -> Refusal:
    """What breaks the contract: 400 for a header or no JSON, 404 for a path, 422 with every place."""
    if violation.path.startswith("header "):
        name = violation.path.removeprefix("header ")
        return problem(400, f"The header {name} is missing or not in order.")
    if call is None or violation.message.startswith("not JSON"):
        return problem(400, f"The body is {violation.message}")
    if violation.path in call.known:
        return problem(404, f"There is no such {violation.path}.")
    found = judge.violations(call.operation, json.loads(call.request.body))
    errors = [{"pointer": f"/{one.path}" if one.path else "", "detail": one.message} for one in found]
    return problem(422, "The body does not follow the schema.", errors)
