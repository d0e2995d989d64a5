"""The Land and Address Authority: XML over HTTP, where even a fault is a 200."""

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox import world
from adapters.sandbox.soap import BadEnvelope, safe_parse, schema_fault
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Request, Response
from adapters.simulator.switches import Switches

CONTRACT = Path(__file__).parent.parent / "connections" / "laa" / "laa.xsd"
NS = "urn:aurelia:laa:addresses:1"
DISTRICTS = {"Eastholm": "EASTH", "Vestvik": "VESTV", "Norrby": "NORRB"}
OTHER_DISTRICT = "OTHER"
MOST_ENTRIES = 100
JSON = dict[str, Any]


@cache
def schema() -> etree.XMLSchema:
    """The authority's own schema, compiled once."""
    return etree.XMLSchema(file=str(CONTRACT))


class AddressFault(Exception):
    """Answered as the Fault element; ``number`` is of the list FaultNumber. Final."""

    def __init__(self, number: str, text: str) -> None:
        super().__init__(f"{number}: {text}")
        self.number = number
        self.text = text


def _element(name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.Element(f"{{{NS}}}{name}", attributes, nsmap={"laa": NS})
    element.text = text
    return element


class AddressAuthority(HttpAgency):
    """LAA. It is only read; ``switches.reject`` makes it answer that it is being maintained."""

    key = "laa"
    name = "Land and Address Authority"
    protocol = "XML over HTTP, errors as 200 with a Fault"

    def published(self, request: Request) -> Path | None:
        return CONTRACT if request.path == "/register.xsd" else None

    def answer(self, request: Request, switches: Switches) -> Response:
        if request.path != "/register":
            return Response(404, b"Post queries to /register.\n", "text/plain; charset=utf-8")
        try:
            if switches.reject:
                raise AddressFault("503", "the register is being maintained; try again")
            element = self._query(request)
        except AddressFault as fault:
            element = _element("Fault")
            element.extend([_element("FaultNumber", fault.number), _element("FaultText", fault.text)])
        return Response(200, etree.tostring(element, xml_declaration=True, encoding="UTF-8"))

    def _query(self, request: Request) -> Element:
        try:
            query = safe_parse(request.body)
        except BadEnvelope as error:
            self.store.receive("unreadable", "", request.body)
            raise AddressFault("400", str(error)) from error
        operation = etree.QName(query).localname
        self.store.receive(operation, "", request.body)
        if operation not in {"FindAddress", "GetAddress"}:
            raise AddressFault("400", f"{operation} is not a query")
        fault = schema_fault(schema(), query)
        if fault is not None:
            raise AddressFault("400", fault.message)
        return _list(query) if operation == "FindAddress" else _detail(query)


def _list(query: Element) -> Element:
    names = ("Zip", "Road", "Number")
    wanted = {name: (query.findtext(f"{{{NS}}}{name}") or "").casefold() for name in names}
    answer = _element("AddressList")
    for address in world.dwellings().values():
        is_hit = (
            address["postCode"] == wanted["Zip"]
            and address["thoroughfare"].casefold().startswith(wanted["Road"])
            and wanted["Number"] in {"", address["locatorDesignator"].casefold()}
        )
        if is_hit and len(answer) < MOST_ENTRIES:
            answer.append(_entry(address))
    return answer


def _detail(query: Element) -> Element:
    address = world.dwellings().get(query.get("key", ""))
    if address is None:
        raise AddressFault("404", "no such address")
    answer = _element("AddressDetail")
    answer.append(_entry(address))
    answer.append(_element("Occupancy", most=str(address["capacity"]), now=str(address["registered"])))
    return answer


def _entry(address: JSON) -> Element:
    entry = _element("Entry", key=address["addressID"])
    values = {
        "Road": address["thoroughfare"],
        "Number": address["locatorDesignator"],
        "Flat": address.get("locatorName", ""),
        "Zip": address["postCode"],
        "Place": address["postName"],
        "District": DISTRICTS.get(address["adminUnitL2"], OTHER_DISTRICT),
    }
    entry.extend([_element(name, text) for name, text in values.items() if text])
    return entry
