"""JSON read strictly (RFC 8259, RFC 7493): what two parsers could read differently is refused."""

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

LONGEST = 64 * 1024  # bytes; a status is under 4 KB
MOST_DIGITS = 15  # beyond it a number is not the same in every language


class StrictParser(Parser):
    """Refuses repeated names, NaN and infinities, long numbers and large bodies, and says why."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body; raises HttpError 400 or 413."""
        if len(request.body) > LONGEST:
            raise HttpError(413, f"a message has at most {LONGEST} bytes")
        try:
            return json.loads(
                request.body.decode("utf-8"),
                object_pairs_hook=_once,
                parse_constant=_no_constant,
                parse_int=_short_int,
                parse_float=_finite,
            )
        except (ValueError, RecursionError) as error:
            raise HttpError(400, f"the body cannot be read as JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"the name {twice[0]!r} stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _short_int(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError(f"a number has at most {MOST_DIGITS} digits")
    return int(digits)
