"""A contract boiled down to what can be compared: operations, their fields, and what each field may be.

The shape is JSON: ``{operation: {"request": {path: field}, "reply": {path: field}}}``; a field is
``{"required": bool, "type": text, "values": [...]}``, ``values`` only where they are enumerated. A message of
which the contract does not say who sends it is under ``message``; the records of a layout are operations.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.contracts.violation import ContractUnreadable
from adapters.inspection.fields import Field as Listed
from adapters.inspection.fields import Listing, Message
from adapters.inspection.listing import listing
from adapters.samples.source import RecordSource, read
from adapters.xsd.components import NotCompiled

Field = dict[str, Any]
Fields = dict[str, Field]
Shape = dict[str, dict[str, Fields]]
PARTS = {"file": "request", "acknowledgement": "reply"}


def shape(path: Path, root: Path | None = None) -> Shape:
    """The shape of a contract (WSDL, XSD, OpenAPI, record layout); raises ContractUnreadable.

    ``root`` holds all its files; without it they lie in its own folder or below.
    """
    try:
        source = read(path, root)
        found = listing(path.name, source, everything=True)
    except NotCompiled as error:
        raise ContractUnreadable(path.name, str(error)) from error
    messages = _records(found) if isinstance(source, RecordSource) else _messages(found)
    compared: Shape = {}
    for operation, place, prefix, message in messages:
        fields = compared.setdefault(operation, {}).setdefault(place, {})
        fields |= {f"{prefix}{one.path}": _field(one) for one in message.fields}
    return compared


def _records(found: Listing) -> Iterator[tuple[str, str, str, Message]]:
    for part in found.operations:
        for message in part.messages:
            yield message.name, PARTS[part.name], "", message


def _messages(found: Listing) -> Iterator[tuple[str, str, str, Message]]:
    """Each message with who sends it, and what tells its fields from those of other answers."""
    for operation in found.operations:
        for message in operation.messages:
            first, _, rest = message.title.partition(" ")
            if first in ("request", "parameters"):
                yield operation.name, "request", "header:" if rest == "header" else "", message
            elif first == "message":
                yield operation.name, "message", "", message
            else:
                which = message.name if "fault" in message.title else rest
                yield operation.name, "reply", f"{which}:" if which else "", message


def _field(one: Listed) -> Field:
    field: Field = {"required": one.required, "type": one.type}
    if one.maximum != 1:
        field["repeats"] = True
    values = [value for value, _ in one.codes]
    return {**field, "values": values} if values else field
