"""A contract of any kind as a list of operations, messages and fields."""

from collections.abc import Iterable
from typing import Any

from adapters.contracts import bodies
from adapters.contracts.layout import FileLayout
from adapters.contracts.markup import local, namespace
from adapters.contracts.wsdl import WsdlOperation
from adapters.inspection.fields import Field, Listing, Message, Operation
from adapters.inspection.rest import rest_operation
from adapters.inspection.xml import XmlFields
from adapters.samples.source import RestSource, SoapSource, Source, XmlSource


def listing(name: str, source: Source, wanted: Iterable[str] = (), *, everything: bool = False) -> Listing:
    """List a contract, or the operations named; raises LookupError for a name that it has not."""
    if isinstance(source, SoapSource):
        found = _soap(name, source, everything)
    elif isinstance(source, XmlSource):
        fields = XmlFields(source.xml.model, everything=everything)
        messages = [_element(fields, element) for element in source.elements]
        found = Listing(name, "XSD", messages, notes=list(source.xml.schemas.access.notes))
    elif isinstance(source, RestSource):
        operations = [rest_operation(one, everything=everything) for one in source.operations.values()]
        found = Listing(name, "OpenAPI", operations, notes=list(source.notes))
    else:
        layouts = [_layout(key, one, everything) for key, one in source.layouts.items()]
        found = Listing(name, "record layout", layouts)
    names = set(wanted)
    unknown = sorted(names - {one.name for one in found.operations})
    if unknown:
        known = ", ".join(one.name for one in found.operations[:30]) or "none"
        raise LookupError(f"the contract has no operation {unknown[0]!r}; it has: {known}")
    found.operations = [one for one in found.operations if not names or one.name in names]
    return found


def _soap(name: str, source: SoapSource, everything: bool) -> Listing:
    fields = XmlFields(source.xml.model, everything=everything)
    operations = [_operation(fields, one) for one in source.wsdl.operations.values()]
    skipped = [
        {"name": one.name, "binding": one.binding, "reason": one.reason, "where": one.where}
        for one in source.wsdl.skipped
    ]
    notes = dict.fromkeys([*source.wsdl.notes, *source.wsdl.schemas.access.notes])
    return Listing(name, "WSDL", operations, skipped, list(notes))


def _operation(fields: XmlFields, one: WsdlOperation) -> Operation:
    style = f"{one.style}/{'encoded' if one.is_encoded else 'literal'}"
    facts = {"soap_version": one.soap_version, "style": style, "action": one.action, "binding": one.binding}
    optional = {
        "addressing_action": one.addressing_action,
        "port": one.port,
        "address": one.address,
        "documentation": one.documentation,
        "attachments": ", ".join(one.attachments),
        "answer_attachments": ", ".join(one.reply_attachments),
    }
    messages = [fields.message("request header", name) for name in one.headers]
    messages.append(_content(fields, "request", one.request))
    messages += [fields.message("answer header", name) for name in one.reply_headers]
    if not one.is_one_way:
        messages.append(_content(fields, "answer", one.reply))
    messages += [fields.message("fault", name) for name in one.faults]
    messages += [fields.message("header fault", name) for name in one.header_faults]
    facts |= {key: value for key, value in optional.items() if value}
    return Operation(one.name, facts | ({"one_way": "yes"} if one.is_one_way else {}), messages)


def _content(fields: XmlFields, title: str, name: str) -> Message:
    """What stands in a Body, by the name that it has on the wire."""
    found = fields.message(title, name)
    if name:
        found.name = "the Body itself" if bodies.is_bare(name) else bodies.on_the_wire(name)
    return found


def _element(fields: XmlFields, name: str) -> Operation:
    return Operation(local(name), {"namespace": namespace(name)}, [fields.message("message", name)])


def _layout(key: str, layout: FileLayout, everything: bool) -> Operation:
    facts = {"encoding": layout.encoding, "file": layout.name}
    records = layout.records.values()
    return Operation(key, facts, [_record(record, everything) for record in records])


def _record(record: Any, everything: bool) -> Message:
    message = Message("record", record.code or record.operation, [])
    for one in record.fields:
        if not (one.required or everything):
            message.left_out += 1
            continue
        field = Field(
            one.name, f"{one.type}, {one.width} characters" if one.width else one.type, one.required
        )
        field.minimum = int(one.required)
        field.codes = [(code, "") for code in sorted(one.codes)]
        field.note = f"always {one.value!r}" if one.type == "const" else ""
        message.fields.append(field)
    return message
