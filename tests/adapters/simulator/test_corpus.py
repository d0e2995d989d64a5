"""Every real WSDL simulated: each operation's sample is answered by what the contract promises."""

from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from adapters.contracts.markup import parse
from adapters.samples import soap
from adapters.samples.source import SoapSource, read
from adapters.simulator import generated
from adapters.simulator.answering import Answered, Script
from adapters.simulator.pins import Pinned, Pins
from adapters.simulator.server import Request
from adapters.simulator.soap import SoapService
from adapters.simulator.switches import Switches
from tests.adapters.samples.test_corpus import wsdls
from tests.corpus import corpus

__all__ = ["corpus"]
pytestmark = pytest.mark.corpus


def posted(body: bytes, action: str) -> Request:
    from email.message import Message

    headers = Message()
    headers["SOAPAction"] = f'"{action}"'
    return Request("POST", "/", {}, headers, body)


def answered_by(
    service: SoapService, script: Script, body: bytes, action: str, *, refuse: bool = False
) -> Answered:
    opened = service.open(posted(body, action), script)
    if isinstance(opened, Answered):
        return opened
    return service.carry_out(opened.under(Switches(reject=refuse)), script)


@pytest.mark.parametrize("full", [False, True])
def test_every_operation_is_answered(corpus: Path, full: bool) -> None:
    counted: Counter[str] = Counter()
    for path, root in wsdls(corpus):
        source = read(path, root)
        assert isinstance(source, SoapSource)
        service = SoapService(source)
        script = generated.script(source, Pins([Pinned(full=full)]), 0)

        answer = partial(answered_by, service, script)
        for operation in source.wsdl.operations.values():
            sent = etree.tostring(soap.request(source.xml, operation, full=full))
            answered = answer(sent, operation.action)
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
            refused = answer(sent, operation.action, refuse=True)
            assert refused.response.status == 500
            broken = sent.replace(b"Body>", b"Body><x/>", 1)
            assert answer(broken, operation.action).response.status >= 400
    assert counted.total() >= 15
