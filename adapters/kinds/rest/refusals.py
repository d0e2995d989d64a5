"""How an agency says no over REST: a problem (RFC 9457), its own error, a text, or a status alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.contracts.media.content import bare, fitting
from adapters.contracts.media.simple_forms import json_of
from adapters.contracts.openapi import RestOperation
from adapters.contracts.rest_operation import PROBLEM, phrase
from adapters.contracts.violation import Violation
from adapters.egress import HttpReply
from adapters.kinds.rest.operation import received
from adapters.mapping.paths import as_text
from adapters.mapping.plain import agency_getter
from adapters.mapping.plan import FaultTable
from adapters.ports import Rejected, Result, Retry

LONGEST = 2000  # characters of a reason
_REASONS = ("detail", "message", "reason", "description", "error_description", "title", "error")
_PLACES = ("pointer", "field", "path", "name", "parameter")
_TOLD = ("detail", "message", "defaultMessage", "reason")


@dataclass(frozen=True, slots=True)
class Refusals:
    """``fault`` is the mapping's table, ``stated`` what it says rather than leaves to us."""

    fault: FaultTable
    stated: frozenset[str]

    def read(self, contract: RestOperation, reply: HttpReply) -> Any:
        """What the agency says, as its contract has it. Raises Violation.

        A problem document explains itself, so a contract need not list it for a status of 4xx.
        """
        answer = contract.answer(reply.status)
        kind = bare(reply.headers.get("Content-Type", ""))
        is_listed = answer is not None and fitting(answer.contents, kind) is not None
        if kind == PROBLEM and not is_listed and 400 <= reply.status < 500:
            found = json_of(reply.body)
            if not isinstance(found, dict):
                raise Violation("the answer is not a problem document", line=1)
            return found
        said = received(contract, reply)
        if said is None and answer is not None:
            return answer.description or phrase(reply.status)
        return said

    def result(self, said: Any, status: int, locate: Callable[[str], str]) -> Result:
        """Rejected for good, or Retry where ``[fault]`` says so of the code."""
        own = _text_at(said, self.fault.code) if "code" in self.stated else ""
        code = own or str(status)
        place, told = next(_errors(said), ("", ""))
        if "field" in self.stated:
            place = _text_at(said, self.fault.field) or place
        if "reason" in self.stated:
            told = _text_at(said, self.fault.reason) or told
        reason = (told or _reason(said) or phrase(status))[:LONGEST]
        if code in self.fault.retry:
            return Retry(reason)
        return Rejected(self.fault.codes.get(code, code), reason, field=locate(place) if place else "")


def _text_at(said: Any, path: str) -> str:
    found = agency_getter(path)(said) if isinstance(said, dict) else None
    return "" if isinstance(found, dict | list) else as_text(found)


def _reason(said: Any) -> str:
    if not isinstance(said, dict):
        return said.strip() if isinstance(said, str) else ""
    for word in _REASONS:
        found = said.get(word)
        if isinstance(found, str) and found.strip():
            return found.strip()
        if isinstance(found, dict) and _reason(found):  # {"error": {"message": …}}
            return _reason(found)
    return ""


def _errors(said: Any) -> Iterator[tuple[str, str]]:
    """Place and text of what is wrong, in the ways that are usual: RFC 9457, 3; Spring; ASP.NET."""
    errors = said.get("errors") if isinstance(said, dict) else None
    for one in errors if isinstance(errors, list) else []:
        if isinstance(one, str):
            yield "", one
        elif isinstance(one, Mapping):
            place = next((one[name] for name in _PLACES if isinstance(one.get(name), str)), "")
            yield _bare(place), next((one[name] for name in _TOLD if isinstance(one.get(name), str)), "")
    for name, one in errors.items() if isinstance(errors, dict) else ():
        texts = one if isinstance(one, list) else [one]
        yield _bare(str(name)), next((text for text in texts if isinstance(text, str)), "")


def _bare(place: str) -> str:
    """``#/address/city``, ``$.address.city`` and ``address.city`` as ``address/city``."""
    place = place.removeprefix("$.").lstrip("#/")
    return place if "/" in place else place.replace(".", "/")
