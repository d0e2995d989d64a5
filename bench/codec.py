"""The codec of a contract alone: an element to its value, against merely walking over the same tree.

The walk visits every element and reads its name, its attributes and its text, and keeps nothing.
"""

from typing import Any

from lxml import etree

from adapters.connection_spec import FOLDER
from adapters.contracts import wsdl
from adapters.contracts.markup import Validator, parse
from adapters.kinds.soap import envelope
from adapters.xsd.codec import Codecs
from adapters.xsd.model import Model
from bench.measuring import Figure, compare
from bench.messages import NPR, household_reply


def measure() -> list[Figure]:
    """Decode against a walk, and the whole way in and out, checked, against parsing and writing."""
    contract = wsdl.read(FOLDER / "npr" / "npr.wsdl")
    validator = Validator(contract.schemas.compile)
    codec = Codecs(Model(contract.schemas)).codec(f"{{{NPR}}}GetHouseholdResponse")
    received = household_reply()
    content = envelope.read(received)[0]
    value = codec.decode(content)

    def both() -> bytes:
        element = envelope.read(received)[0]
        validator.check(element)
        codec.decode(element)
        sent = codec.encode(value).encode()
        validator.check(parse(sent))
        return sent

    def lxml_both() -> None:
        for _ in range(2):
            etree.tostring(etree.fromstring(received))

    return [
        compare(
            "codec: decode",
            lambda: codec.decode(content),
            lambda: walk(content),
            against="a bare lxml walk of the same tree",
            goal=1.6,
            calls=300,
        ),
        compare(
            "codec: in and out, validated",
            both,
            lxml_both,
            against="lxml fromstring + tostring of the same bytes, twice",
            goal=3.0,
            calls=200,
        ),
    ]


def walk(element: Any) -> None:
    """Read the name, attributes and text of every element."""
    for one in element.iter():
        one.tag  # noqa: B018
        one.attrib  # noqa: B018
        one.text  # noqa: B018
