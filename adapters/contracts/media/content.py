"""One media type that a contract lists for a body: how a value travels in it, and what checks the value.

A value is JSON-like whatever the type: an object for JSON, forms, multipart and XML, a text for text, base64
for octets. What of a type cannot be checked stands in ``remark``, which ``contract inspect`` prints.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from adapters.contracts.violation import Violation


class Form(Protocol):
    """How the values of a media type are written."""

    def write(self, value: Any) -> tuple[str, bytes]:
        """The Content-Type and the octets of a checked value; raises Violation."""
        ...

    def read(self, content_type: str, body: bytes) -> Any:
        """The value; ``content_type`` is the header's whole text. Raises Violation."""
        ...

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The line of a value at ``place``, 0 where the form has no lines."""
        ...


@dataclass(frozen=True, slots=True)
class Content:
    """One media type of a request or an answer."""

    media_type: str  # as the contract writes it, in lower case: ``text/plain``, ``image/*``
    validator: Draft202012Validator
    form: Form
    remark: str = ""
    required: Any = None  # what must be there, references followed: see openapi.required_paths
    is_whole: bool = False  # one value or a list, ``.`` in a mapping

    def check(self, value: Any) -> None:
        """Raise Violation where a value breaks the contract; ``path`` has ``/`` between members."""
        error = best_match(self.validator.iter_errors(value))
        if error is None:
            return
        place = list(error.absolute_path)
        if error.validator == "required" and isinstance(error.instance, dict):
            place += [one for one in error.validator_value if one not in error.instance][:1]
        raise Violation(error.message, path=joined(place))

    def write(self, value: Any) -> tuple[str, bytes]:
        """A value that was checked as it travels; raises Violation."""
        return self.form.write(value)

    def read(self, content_type: str, body: bytes) -> Any:
        """The checked value of a body; raises Violation, with the line where there is one."""
        value = self.form.read(content_type, body)
        error = best_match(self.validator.iter_errors(value))
        if error is not None:
            place = list(error.absolute_path)
            raise Violation(error.message, path=joined(place), line=self.form.line(body, place))
        return value


def joined(place: Iterable[str | int]) -> str:
    """A place as messages name it."""
    return "/".join(str(part) for part in place)


def bare(content_type: str) -> str:
    """A media type without parameters, in lower case (RFC 9110, 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """True for JSON and what is written in JSON (RFC 6839)."""
    kind = bare(media_type)
    return kind in {"application/json", "text/json"} or kind.endswith("+json")


def is_xml(media_type: str) -> bool:
    """True for XML and what is written in XML (RFC 7303)."""
    kind = bare(media_type)
    return kind in {"application/xml", "text/xml"} or kind.endswith("+xml")


def fitting(contents: Sequence[Content], content_type: str) -> Content | None:
    """What describes a body of this type: the type itself, else its range, JSON of whatever name for JSON."""
    kind = bare(content_type)
    wanted = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    for one in wanted:
        found = next((two for two in contents if bare(two.media_type) == one), None)
        if found is not None:
            return found
    return next((one for one in contents if is_json(kind) and is_json(one.media_type)), None)
