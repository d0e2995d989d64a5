"""Canonical translation with XSD validation, against lxml reading and writing the same bytes once.

Outward: canonical value to checked bytes. Inward: bytes to checked canonical value. zeep does the same work
for comparison, without validating.
"""

from types import SimpleNamespace
from typing import Any

import zeep
from lxml import etree

from adapters.connection_spec import FOLDER
from adapters.kinds.soap import envelope
from adapters.mapping.plan import source
from adapters.ports import Context
from bench.agencies import adapter
from bench.measuring import Figure, compare
from bench.messages import MOVE, household_reply

OFFLINE = {"urls": {"npr": "http://127.0.0.1:9"}, "credentials": {}}


def measure() -> list[Figure]:
    """The three figures."""
    npr: Any = adapter("npr", OFFLINE)
    move, household = npr.operations["register_move"], npr.operations["get_household"]
    value = source(MOVE, Context("correlation", "key"))
    sent, received = move.write(value), household_reply()
    household.read(envelope.read(received))

    def outward() -> bytes:
        return bytes(move.write(value))

    def inward() -> Any:
        return household.read(envelope.read(received))

    def both() -> None:
        outward()
        inward()

    def lxml_both() -> None:
        _lxml(sent)
        _lxml(received)

    against = "lxml fromstring + tostring of the same bytes"
    settings = {"against": against, "goal": 3.0, "calls": 300}
    return [
        compare("translation out, validated", outward, lambda: _lxml(sent), **settings),
        compare("translation in, validated", inward, lambda: _lxml(received), **settings),
        compare("translation both ways, validated", both, lxml_both, **settings),
        compare("zeep both ways, for comparison", _zeep(received), lxml_both, against=against, calls=20),
    ]


def _lxml(body: bytes) -> bytes:
    return bytes(etree.tostring(etree.fromstring(body)))


def _zeep(received: bytes) -> Any:
    """zeep building the same request and reading the same reply."""
    client = zeep.Client(str(FOLDER / "npr" / "npr.wsdl"))
    binding = client.service._binding
    reply = SimpleNamespace(status_code=200, content=received, headers={}, encoding="utf-8")
    operation = binding.get("GetHousehold")
    values = move_for_zeep()

    def call() -> None:
        message = client.create_message(client.service, "RegisterMove", **values)
        etree.tostring(message)
        binding.process_reply(client, operation, reply)

    return call


def move_for_zeep() -> dict[str, Any]:
    """MOVE in the register's own words."""
    address, person = MOVE["address"], MOVE["person"]
    return {
        "Notifier": {
            "PersonNumber": person["identifier"]["notation"],
            "Surname": person["familyName"],
            "Forenames": person["givenName"],
            "BirthDate": person["dateOfBirth"],
            "MailAddress": person["contactPoint"]["hasEmail"],
            "PhoneNumber": person["contactPoint"]["hasTelephone"],
        },
        "MovingPersons": {"PersonNumber": MOVE["movers"]},
        "DateOfMove": MOVE["moveDate"],
        "NewDwelling": {
            "DwellingNumber": address["addressID"],
            "Street": address["thoroughfare"],
            "HouseNumber": address["locatorDesignator"],
            "PostalNumber": address["postCode"],
            "PostalTown": address["postName"],
            "MunicipalityCode": "0587",
            "CountryCode": address["adminUnitL1"],
        },
        "TenureCode": "R",
        "ReplyTo": MOVE["callback"],
        "_soapheaders": {"MessageID": "key"},
    }
