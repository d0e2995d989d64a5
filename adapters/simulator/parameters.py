"""Parameters as they are received: from path, query, headers and cookies, checked by the contract."""

from collections.abc import Mapping
from typing import Any

from adapters.contracts import parameter_readings as readings
from adapters.contracts.openapi import RestOperation
from adapters.simulator.server import Request


def checked(operation: RestOperation, path: Mapping[str, str], request: Request) -> dict[str, Any]:
    """The single values by name; raises Violation naming the parameter."""
    known: dict[str, Any] = {name: values[0] for name, values in request.query.items()}
    query = [(name, value) for name, values in request.query.items() for value in values]
    cookies = [readings.pair(one) for one in request.header("Cookie").split(";") if one.strip()]
    for one in operation.declared:
        if one.place == "path":
            readings.check(one, readings.in_path(one, path[one.name]))
            known[one.name] = path[one.name]
        elif one.place == "header":
            text = request.header(one.name)
            readings.check(one, [readings.listed(one, text)] if text else [])
        else:
            readings.check(one, list(readings.in_pairs(one, query if one.place == "query" else cookies)))
    return known
