"""JSON and YAML documents that strangers wrote: parsed within limits, with the line of any place in them.

YAML is read as its JSON schema (YAML 1.2, chapter 10.2) has it: no dates, no ``yes`` and ``no``, no tags of
programs. A document that unfolds its own aliases beyond the limit is refused.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from adapters.contracts.access import Access, Source
from adapters.contracts.json_lines import line_of
from adapters.contracts.violation import ContractUnreadable

MAX_NODES = 500_000
MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document. Keys of mappings are text."""

    source: Source
    text: str
    value: Any
    is_yaml: bool

    def unreadable(self, message: str, path: Sequence[str | int] = ()) -> ContractUnreadable:
        """The refusal of the contract at a place of this document."""
        return ContractUnreadable(self.source.name, message, line=self.line(path))

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a place, or of its deepest part that there is."""
        if not self.is_yaml:
            return line_of(self.text, path)
        node = yaml.compose(self.text, Loader=_Loader)
        for name in path:
            inner = _member(node, name)
            if inner is None:
                break
            node = inner
        return 1 if node is None else int(node.start_mark.line) + 1


def read(access: Access, source: Source) -> Document:
    """Read a JSON or YAML document; raises ContractUnreadable with the line."""
    body = access.bytes(source)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ContractUnreadable(source.name, f"not UTF-8 at byte {error.start}", line=line) from error
    is_yaml = not text.lstrip().startswith(("{", "["))
    try:
        value = _yaml(source, text) if is_yaml else json.loads(text, parse_constant=_constant)
        _insist_on_limits(source, value)
    except json.JSONDecodeError as error:
        raise ContractUnreadable(source.name, f"not JSON: {error.msg}", line=error.lineno) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ContractUnreadable(
            source.name, f"not YAML: {problem}", line=mark.line + 1 if mark else 1
        ) from error
    except RecursionError as error:
        raise ContractUnreadable(source.name, "is nested too deep", line=1) from error
    except ValueError as error:
        raise ContractUnreadable(source.name, str(error), line=1) from error
    return Document(source, text, value, is_yaml)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times faster in C
    """YAML as JSON: plain scalars are null, true, false, numbers or text."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def flatten_mapping(self, node: Any) -> None:
        """``<<`` is a key like any other."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are text and stand in it once."""
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is not text", key_node.start_mark)
            if key_node.value in found:
                message = f"the key {key_node.value!r} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
            found[key_node.value] = self.construct_object(value_node, deep=deep)
        return found


_DIGITS = list("-0123456789")
_PLAIN = (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", _DIGITS),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$", _DIGITS),
)
for _kind, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), _first)


def _yaml(source: Source, text: str) -> Any:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _member(node: Any, name: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(name)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(name, int) and name < len(node.value):
        return node.value[name]
    return None


def _insist_on_limits(source: Source, value: Any) -> None:
    """Walk what the aliases unfold to, up to the limits."""
    count = 0
    waiting = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ContractUnreadable(
                source.name, "is nested too deep, or unfolds to more than is allowed", line=1
            )
        if isinstance(node, dict):
            waiting += [(one, depth + 1) for one in node.values()]
        elif isinstance(node, list):
            waiting += [(one, depth + 1) for one in node]


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
