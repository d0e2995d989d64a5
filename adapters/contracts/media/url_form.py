"""Bodies of ``application/x-www-form-urlencoded``: members as in a query (OpenAPI 3.1.1, 4.8.15.1)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from adapters.contracts.parameter_readings import in_pairs, typed
from adapters.contracts.parameters import Parameter
from adapters.contracts.violation import Violation

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 10_000


class UrlForm:
    """A form; ``members`` are those that the contract declares, each with its style."""

    def __init__(self, members: Sequence[Parameter]) -> None:
        self.members = members
        self.declared = {one.name for one in members}

    def write(self, value: Any) -> tuple[str, bytes]:
        """``name=value`` pairs; a member that the contract allows and does not declare is its text."""
        if not isinstance(value, dict):
            raise Violation("is not an object: a form has named members")
        pairs = [pair for one in self.members if one.name in value for pair in one.in_query(value[one.name])]
        for name, one in value.items():
            if name not in self.declared:
                pairs.append(f"{quote(str(name), safe='')}={quote(str(one), safe='')}")
        return FORM, "&".join(pairs).encode()

    def read(self, content_type: str, body: bytes) -> Any:
        """An object, member by member; one that is not declared is text. Raises Violation."""
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
            )
        except ValueError as error:
            raise Violation(f"not a form: {error}", line=1) from error
        value: dict[str, Any] = {
            name: text for name, text in pairs if name.partition("[")[0] not in self.declared
        }
        for one in self.members:
            readings = [two for reading in in_pairs(one, pairs) for two in typed(one, reading)]
            if readings:
                value[one.name] = next((two for two in readings if one.validator.is_valid(two)), readings[0])
        return value

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The first: a form is one line."""
        return 1
