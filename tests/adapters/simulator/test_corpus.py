"""Every real WSDL simulated: each operation's sample is answered by what the contract promises."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from adapters.contracts.markup import parse
from adapters.samples import soap
from adapters.samples.source import SoapSource, read
from adapters.simulator.script import Pinned, Script
from adapters.simulator.server import Request
from adapters.simulator.soap import SoapService
from tests.adapters.samples.test_corpus import wsdls
from tests.corpus import corpus

__all__ = ["corpus"]
pytestmark = pytest.mark.corpus


def posted(body: bytes, action: str) -> Request:
    from email.message import Message

    headers = Message()
    headers["SOAPAction"] = f'"{action}"'
    return Request("POST", "/", {}, headers, body)


@pytest.mark.parametrize("full", [False, True])
def test_every_operation_is_answered(corpus: Path, full: bool) -> None:
    counted: Counter[str] = Counter()
    for path, root in wsdls(corpus):
        source = read(path, root)
        assert isinstance(source, SoapSource)
        service = SoapService(source, Script([Pinned(full=full)]), 0)
        for operation in source.wsdl.operations.values():
            sent = etree.tostring(soap.request(source.xml, operation, full=full))
            answered = service.answer(posted(sent, operation.action), refuse=False)
            counted[operation.soap_version] += 1
            taken = (operation.request, operation.action, operation.soap_version)
            first = next(
                one
                for one in source.wsdl.operations.values()
                if (one.request, one.action, one.soap_version) == taken
            )
            if first is not operation:
                continue  # nothing on the wire tells the two apart
            assert answered.response.status == (202 if operation.is_one_way else 200), answered.note
            assert answered.operation.rpartition("/")[2] == operation.name.rpartition("/")[2]
            if operation.reply and not operation.is_encoded:
                uri = soap.ENVELOPES[operation.soap_version]
                (content,) = parse(answered.response.body).find(f"{{{uri}}}Body")
                assert content.tag == operation.reply
                source.xml.validator.check(content)
            refused = service.answer(posted(sent, operation.action), refuse=True)
            assert refused.response.status == 500
            broken = sent.replace(b"Body>", b"Body><x/>", 1)
            assert service.answer(posted(broken, operation.action), refuse=False).response.status >= 400
    assert counted.total() >= 15
