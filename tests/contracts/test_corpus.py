"""Real contracts: all are read and compiled, and zeep, the oracle, finds the same operations in them."""

from pathlib import Path
from typing import Any

import pytest
import zeep
from zeep.transports import Transport
from zeep.wsdl.bindings.soap import SoapBinding

from adapters.contracts import catalogue, wsdl
from adapters.contracts.access import Access
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import WsdlOperation

pytestmark = pytest.mark.corpus


class OfflineTransport(Transport):
    """Public schemas from the catalogue, the rest from disk."""

    def load(self, url: str) -> bytes:
        kept = catalogue.path(url)
        return kept.read_bytes() if kept else super().load(url)


def roots(corpus: Path) -> list[tuple[Path, Path]]:
    """Each WSDL of the corpus and the folder that holds its files."""
    found = []
    for path in sorted(corpus.rglob("*.wsdl")):
        above = [folder for folder in path.parents if folder.parent.name == "wsdls"]
        found.append((path, above[0] if above else path.parent))
    return found


def test_every_wsdl_is_read_and_compiled(corpus: Path) -> None:
    read = roots(corpus)
    for path, root in read:
        wsdl.read(path, Access(root)).schemas.compile()
    assert len(read) >= 18


def test_zeep_finds_the_same_operations(corpus: Path) -> None:
    compared = 0
    for path, root in roots(corpus):
        ours = wsdl.read(path, Access(root))
        client = zeep.Client(str(path), transport=OfflineTransport())
        for qname, theirs in client.wsdl.bindings.items():
            if not isinstance(theirs, SoapBinding):
                continue
            for name, operation in theirs.all().items():
                found = ours.find(f"{qname.split('}')[-1]}/{name}")
                assert found is not None, (path, name)
                compare(found, operation)
                compared += 1
    assert compared >= 20


def compare(ours: WsdlOperation, theirs: Any) -> None:
    assert ours.action == (theirs.soapaction or "")
    assert ours.style == theirs.style
    assert ours.request == str(theirs.input.body.qname)
    assert ours.is_one_way == (theirs.output is None)
    if theirs.output is not None and ours.style == "document":
        assert ours.reply == str(theirs.output.body.qname)
    faults = {str(element.qname) for fault in theirs.faults.values() for element in fault_elements(fault)}
    assert set(ours.faults) == faults


def fault_elements(fault: Any) -> list[Any]:
    return [part.element for part in fault.abstract.parts.values() if part.element is not None]


def test_the_stuf_schemas_compile_one_by_one_and_together(corpus: Path) -> None:
    root = corpus / "nl-stuf-bg" / "stuf_bg" / "xsd"
    files = [path for path in sorted(root.rglob("*.xsd")) if path.parent.name != "base" or path.stem == "gml"]
    assert len(files) >= 25
    for path in files:
        schemas = SchemaSet(root, Access(root))
        schemas.add_file(path)
        assert schemas.compile() is not None


def test_schemas_that_break_the_standard_are_refused_at_their_line(corpus: Path) -> None:
    path = corpus / "semic" / "CPOV" / "releases" / "2.1.2" / "xsd" / "core-public-organisation-ap.xsd"
    schemas = SchemaSet(path.parent)
    schemas.add_file(path)
    with pytest.raises(ContractUnreadable, match="'ref' and 'name' are mutually exclusive") as caught:
        schemas.compile()
    line = path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
    assert "ref=" in line
    assert "name=" in line
