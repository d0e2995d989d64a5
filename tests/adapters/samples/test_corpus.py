"""Every operation of every real contract: its sample is valid and comes back as the same value."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from adapters.contracts.access import Access
from adapters.contracts.markup import parse
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl
from adapters.contracts.wsdl import read as read_wsdl
from adapters.samples.contract import XmlContract
from adapters.samples.text import NoExample
from tests.adapters.xsd.schemas import canonical

pytestmark = pytest.mark.corpus
STUF = "nl-stuf-bg/stuf_bg/xsd/bg0310/bg0310_msg_totaal.xsd"


def wsdls(corpus: Path) -> Iterator[tuple[Path, Path]]:
    """Every WSDL and the folder that holds its files."""
    for path in sorted((corpus / "zeep-wsdl").rglob("*.wsdl")):
        yield path, path.parent
    for path in sorted((corpus / "nl-suwinet" / "wsdls").glob("*/Diensten/*/*/*.wsdl")):
        yield path, path.parents[3]


def comes_back(contract: XmlContract, name: str, *, full: bool) -> None:
    """A sample is valid, becomes a value, is written from it the same, and read to the same value."""
    element = parse(etree.tostring(contract.sample(name, full=full)))
    contract.validator.check(element)
    codec = contract.codecs.codec(name)
    value = codec.decode(element)
    written = codec.element_of(value)
    contract.validator.check(written)
    assert canonical(written) == canonical(element)
    assert codec.decode(written) == value


@pytest.mark.parametrize("full", [False, True])
def test_every_operation_of_every_wsdl(corpus: Path, full: bool) -> None:
    counted: Counter[str] = Counter()
    for path, root in wsdls(corpus):
        contract: Wsdl = read_wsdl(path, Access(root))
        xml = XmlContract(contract.schemas)
        counted["wsdl"] += 1
        for operation in contract.operations.values():
            counted["operation"] += 1
            parts = (operation.request, operation.reply, *operation.headers, *operation.faults)
            for element in filter(None, parts):
                comes_back(xml, element, full=full)
                counted["message"] += 1
        assert xml.codecs.fallbacks == {}
    assert counted["wsdl"] >= 14
    assert counted["operation"] >= 15
    assert counted["message"] >= 30


def test_every_message_of_the_largest_schema_set(corpus: Path) -> None:
    """StUF-BG with GML: some 1,500 global elements. Those without any valid form are counted, and are few."""
    schemas = SchemaSet(corpus / "nl-stuf-bg")
    schemas.add_file(corpus / STUF)
    contract = XmlContract(schemas)
    counted: Counter[str] = Counter()
    without: list[str] = []
    for number, (name, declaration) in enumerate(schemas.declared["element"].items()):
        if declaration.get("abstract") in {"true", "1"}:
            continue
        for full in (False, True) if number % 20 == 0 else (False,):  # a full one has thousands of elements
            try:
                comes_back(contract, name, full=full)
                counted["message"] += 1
            except NoExample as error:
                without.append(f"{name}: {error}")
    assert counted["message"] > 1_500, without
    assert all("WOZ-sortering" in one for one in without), without
    assert contract.codecs.fallbacks == {}


def test_what_cannot_be_read_is_refused_by_name(corpus: Path) -> None:
    with pytest.raises(ContractUnreadable):
        read_wsdl(corpus / "zeep-wsdl" / "SOURCE.txt")
