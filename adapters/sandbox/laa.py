"""The Land and Address Authority: XML over HTTP, where even a fault is a 200."""

from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.contracts.violation import Violation
from adapters.samples import source
from adapters.sandbox import world
from adapters.simulator.answering import Answer, Call, Refusal
from adapters.simulator.contracted import ContractAgency, published_judge
from adapters.simulator.elements import tree
from adapters.simulator.settings import Settings
from adapters.simulator.xml import XmlService

CONTRACT = Path(__file__).parent.parent / "connections" / "laa" / "laa.xsd"
NS = "urn:aurelia:laa:addresses:1"
DISTRICTS = {"Eastholm": "EASTH", "Vestvik": "VESTV", "Norrby": "NORRB"}
OTHER_DISTRICT = "OTHER"
MOST_ENTRIES = 100
JSON = dict[str, Any]


def _fault(number: str, text: str) -> Refusal:
    """The Fault element; ``number`` is of the list FaultNumber."""
    return Refusal(text, tree(NS, "laa", "Fault", FaultNumber=number, FaultText=text))


def _element(name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.Element(f"{{{NS}}}{name}", attributes, nsmap={"laa": NS})
    element.text = text
    return element


class AddressAuthority(ContractAgency):
    """LAA. It is only read; ``switches.reject`` makes it answer that it is being maintained."""

    key = "laa"
    name = "Land and Address Authority"
    protocol = "XML over HTTP, errors as 200 with a Fault"

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self.script = Register()

    def serve(self) -> XmlService:
        contract = source.read_xml(CONTRACT)
        return XmlService(contract, judge=published_judge(CONTRACT), path="/register")


class Register:
    """What the authority does."""

    def key(self, call: Call) -> str:
        """Reading leaves no trace."""
        return ""

    def objection(self, call: Call | None, violation: Violation) -> Refusal:
        """A query that is none."""
        return _fault("400", violation.message)

    def answer(self, call: Call) -> Answer:
        """A list of addresses, or one with its occupancy."""
        if call.content is None:
            raise Refusal("Post queries to /register.", status=404)
        if call.switches.reject:
            raise _fault("503", "the register is being maintained; try again")
        queries = {"FindAddress": _list, "GetAddress": _detail}
        if call.operation not in queries:
            raise _fault("400", f"{call.operation} is not a query")
        return Answer(queries[call.operation](call.content))


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
        raise _fault("404", "no such address")
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
