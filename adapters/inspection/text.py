"""A listing for a terminal: one field a line, code lists below it."""

from collections.abc import Iterator

from adapters.inspection.fields import Field, Listing, Message, Operation

MAX_CODES = 12
_FACTS = {"soap_version": "SOAP {}", "style": "{}", "method": "{}", "path": "{}"}


def lines(listing: Listing) -> Iterator[str]:
    """The lines of a listing."""
    count = len(listing.operations)
    what = "message" if listing.kind == "XSD" else "operation"
    yield f"{listing.source}: {listing.kind}, {count} {what}{'' if count == 1 else 's'}"
    for operation in listing.operations:
        yield ""
        yield from _operation(operation)
    if listing.skipped:
        yield "\nNot read:"
        for one in listing.skipped:
            yield f"  {one['binding']}/{one['name']} ({one['where']}): {one['reason']}"
    if listing.notes:
        yield "\nNotes:"
        yield from (f"  {note}" for note in listing.notes)


def _operation(operation: Operation) -> Iterator[str]:
    short = [form.format(operation.facts[key]) for key, form in _FACTS.items() if key in operation.facts]
    yield "  ".join([operation.name, *short])
    for key, value in operation.facts.items():
        if key not in _FACTS and value:
            yield f"  {key.replace('_', ' ')}: {value}"
    for message in operation.messages:
        yield from _message(message)


def _message(message: Message) -> Iterator[str]:
    yield f"  {message.title}  {message.name or '(empty)'}".rstrip()
    width = min(60, max((len(one.path) for one in message.fields), default=0))
    for field in message.fields:
        yield from _field(field, width)
    if message.left_out:
        yield f"    … and {message.left_out} optional (--all lists them)"


def _field(field: Field, width: int) -> Iterator[str]:
    said = [field.type, *([field.note] if field.note else []), *(["nil allowed"] if field.nillable else [])]
    yield f"    {field.path:{width}}  {field.cardinality:5}  {'; '.join(said)}"
    for value, label in field.codes[:MAX_CODES]:
        yield f"    {'':{width}}         {value}{f'  {label}' if label else ''}"
    if len(field.codes) > MAX_CODES:
        yield f"    {'':{width}}         … {len(field.codes) - MAX_CODES} more (--json lists them)"
