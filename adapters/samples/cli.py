"""`onestop contract sample SOURCE OPERATION`: a request and a response that the contract accepts."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from adapters.contracts.markup import local
from adapters.contracts.violation import ContractUnreadable, Violation
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples import records, rest, soap
from adapters.samples.contract import XmlContract
from adapters.samples.source import RecordSource, RestSource, SoapSource, Source, XmlSource, read
from adapters.samples.text import NoExample


def main(argv: list[str]) -> int:
    """Run the command; 2 where the contract cannot be read or has no such operation."""
    options = _parser().parse_args(argv)
    try:
        source = read(options.source, options.root)
        for title, text in _messages(source, options):
            print(f"# {title}\n{text.rstrip()}\n")
    except (ContractUnreadable, NoExample, Violation, LookupError) as error:
        print(error.args[0] if isinstance(error, LookupError) else error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop contract sample", description=__doc__)
    parser.add_argument("source", type=Path, help="a WSDL, XSD, OpenAPI document or record layout")
    parser.add_argument(
        "operation", help="an operation; of an XSD an element, of a layout file or acknowledgement"
    )
    parser.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    parser.add_argument("--fault", metavar="NAME", help="answer with this fault (REST: this status)")
    parser.add_argument("--response-only", action="store_true", help="print no request")
    parser.add_argument("--full", action="store_true", help="put in everything that is optional")
    parser.add_argument("--seed", type=int, default=0, help="another number, another sample")
    return parser


def _messages(source: Source, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    made = {"full": options.full, "seed": options.seed}
    if isinstance(source, SoapSource):
        yield from _soap(source, options, made)
    elif isinstance(source, XmlSource):
        name = _named(options.operation, source.xml.schemas.declared.get("element", {}), "element")
        yield local(name), as_text(source.xml.sample(name, **made))
    elif isinstance(source, RestSource):
        operation = source.operations[_named(options.operation, source.operations, "operation")]
        if not options.response_only:
            yield "request", rest.request(operation, **made).as_text()
        yield "response", rest.reply(operation, status=options.fault, **made).as_text()
    else:
        yield from _records(source, options, made)


def _soap(source: SoapSource, options: argparse.Namespace, made: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = _named(options.operation, source.wsdl.operations, "operation")
    operation = source.wsdl.operations[name]
    if not options.response_only:
        yield f"request  SOAPAction: {operation.action}", as_text(soap.request(source.xml, operation, **made))
    if options.fault:
        detail = source.xml.sample(fault_named(operation, options.fault), **made)
        yield f"fault {options.fault}", as_text(soap.fault(operation.soap_version, detail, local(detail.tag)))
    elif operation.is_one_way:
        yield "response", "none: the operation is one-way, HTTP 202 answers it"
    else:
        yield "response", as_text(soap.reply(source.xml, operation, **made))


def _records(
    source: RecordSource, options: argparse.Namespace, made: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    layout = source.layouts[_named(options.operation, source.layouts, "file")]
    content = records.file(layout, **made)
    try:
        yield f"{options.operation}  {layout.name}", content.decode(layout.encoding)
    except UnicodeDecodeError:
        yield f"{options.operation}  {layout.name}, in hexadecimal", content.hex(" ")


def fault_named(operation: WsdlOperation, name: str) -> str:
    """The element of a declared fault by local name; raises LookupError."""
    return _named(name, operation.faults, "fault")


def _named(wanted: str, known: Any, kind: str) -> str:
    """A name among those known: as it is written there, or its local part where that is enough."""
    if wanted in known:
        return wanted
    found = [str(one) for one in known if local(one) == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(local(one) for one in known)[:30]) or "none"
    raise LookupError(f"there is no {kind} {wanted!r}; there is: {names}")


def as_text(element: Any) -> str:
    """An element, indented."""
    etree.indent(element)
    return etree.tostring(element, encoding="unicode", pretty_print=True)


__all__ = ["XmlContract", "as_text", "fault_named", "main"]
