"""The address authority: XML over HTTP, errors as 200."""

from pathlib import Path

import pytest
import requests
from lxml import etree

import adapters
from adapters.sandbox import Sandbox

SCHEMA = etree.XMLSchema(file=str(Path(adapters.__file__).parent / "connections" / "laa" / "laa.xsd"))
NS = {"l": "urn:aurelia:laa:addresses:1"}


def _ask(sandbox: Sandbox, query: str) -> etree._Element:
    body = query.replace("/>", f' xmlns="{NS["l"]}"/>', 1) if query.count("<") == 1 else query
    body = body.replace("<FindAddress>", f'<FindAddress xmlns="{NS["l"]}">')
    reply = requests.post(
        f"{sandbox.url('laa')}/register", data=body, headers={"Content-Type": "text/xml"}, timeout=5
    )
    assert reply.status_code == 200
    answer = etree.fromstring(reply.content)
    SCHEMA.assertValid(answer)
    return answer


@pytest.mark.parametrize(
    ("more", "count"),
    [("", 8 - 3), ("<Road>harbour</Road>", 3), ("<Road>Harbour Street</Road><Number>12</Number>", 2)],
)
def test_addresses_are_found(sandbox: Sandbox, more: str, count: int) -> None:
    answer = _ask(sandbox, f"<FindAddress><Zip>41255</Zip>{more}</FindAddress>")
    assert len(answer.findall("l:Entry", NS)) == count


def test_nothing_found_is_an_empty_list(sandbox: Sandbox) -> None:
    answer = _ask(sandbox, "<FindAddress><Zip>99999</Zip></FindAddress>")
    assert etree.QName(answer).localname == "AddressList"
    assert len(answer) == 0


def test_one_address_with_its_occupancy(sandbox: Sandbox) -> None:
    answer = _ask(sandbox, '<GetAddress key="AU-20020005"/>')
    assert answer.findtext("l:Entry/l:Flat", namespaces=NS) == "Basement"
    assert answer.find("l:Occupancy", NS).attrib == {"most": "2", "now": "6"}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ('<GetAddress key="AU-99999999"/>', "404"),
        ('<GetAddress key="elsewhere"/>', "400"),
        ("<FindAddress><Zip>1</Zip></FindAddress>", "400"),
        ("<Fault/>", "400"),
        ("no xml", "400"),
    ],
)
def test_a_fault_is_a_200(sandbox: Sandbox, query: str, number: str) -> None:
    assert _ask(sandbox, query).findtext("l:FaultNumber", namespaces=NS) == number
