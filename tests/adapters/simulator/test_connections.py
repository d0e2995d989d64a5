"""The portal's own adapters talk to agencies that are made from their connections' contracts alone."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep

from adapters import exchange, registry
from adapters.connection_spec import FOLDER
from adapters.errors import Misconfigured
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from adapters.sandbox.running import Sandbox, environment_settings
from adapters.simulator import building, cli, pins
from adapters.simulator.record_files import SimulatedFiles
from adapters.simulator.settings import QUICK, Settings
from tests.adapters.connections import CHANGE, PERSON, load
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
SIMULATED = ("npr", "pen", "vdr", "tax", "laa", "sia", "norrby", "eastholm")
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("npr", "get_household", {"person": PERSON}),
    ("pen", "get_entitlement", {"person": PERSON}),
    ("vdr", "find_vehicles", {"person": PERSON}),
    ("laa", "get_address", {"addressID": "AU-10010001"}),
    ("tax", "read_domicile", {"person": PERSON}),
    ("eastholm", "read_case", {"reference": "EH-2026-00001"}),  # over TLS, with a certificate of ours
]


def context() -> Context:
    return Context("correlation", str(uuid.uuid4()), "MOV-2026-1", "step", "worker")


@pytest.fixture
def simulated() -> Iterator[Sandbox]:
    sandbox = Sandbox(environment_settings("", None, QUICK), SIMULATED, simulated=SIMULATED)
    sandbox.start()
    try:
        load(sandbox)
        yield sandbox
    finally:
        sandbox.stop()


@pytest.mark.parametrize(("key", "operation", "value"), CASES)
def test_each_kind_is_answered(simulated: Sandbox, key: str, operation: str, value: dict[str, Any]) -> None:
    exchange.perform(key, operation, value, context())
    assert Exchange.objects.get().state == "accepted"


def test_a_document_comes_as_a_part_of_a_signed_answer(simulated: Sandbox) -> None:
    exchange.perform("pen", "get_entitlement", {"person": PERSON}, context())
    row = Exchange.objects.get()
    assert b"SignatureValue" in row.received_bytes
    assert row.state == "accepted"


def concluded(key: str, operation: str, value: dict[str, Any]) -> Result:
    """Send, and look for the answer until there is one."""
    asked = context()
    sent = exchange.perform(key, operation, value, asked)
    assert isinstance(sent, Pending)
    found: list[Result] = []

    def is_there() -> bool:
        found.append(exchange.check(key, operation, sent.reference, asked))
        return not isinstance(found[-1], Pending)

    eventually(is_there)
    return found[-1]


def test_a_batch_is_acknowledged(simulated: Sandbox) -> None:
    answer = concluded("sia", "register_change", CHANGE)
    assert isinstance(answer, Accepted)
    assert simulated.ledger("sia")["effects"] == 1


def test_a_batch_is_rejected(simulated: Sandbox) -> None:
    simulated.switch("sia", reject=True)
    answer = concluded("sia", "register_change", CHANGE)
    assert isinstance(answer, Rejected)
    assert simulated.ledger("sia")["effects"] == 0


def files(tmp_path: Path, rules: str = "") -> SimulatedFiles:
    script = tmp_path / "script.toml"
    script.write_text(rules)
    options = building.Options(pins=pins.read(script))
    made = building.from_contract(FOLDER / "sia" / "sia.layout.toml", Settings(pace=QUICK), options)
    assert isinstance(made, SimulatedFiles)
    return made


def answered(agency: SimulatedFiles, content: bytes) -> bytes:
    name = f"ONESTOP_A1_{'0' * 32}.DAT"
    (agency.root / "in" / name).write_bytes(content)
    agency.run()
    (answer,) = (agency.root / "out").iterdir()
    assert not (agency.root / "in" / name).exists()
    return answer.read_bytes()


def test_a_damaged_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    agency = files(tmp_path)
    content = answered(agency, b"H0 too short\r\n")
    agency.answering.read(content)
    assert b"\r\nF1" in content
    agency.stop()


def test_a_script_pins_the_record_that_answers(tmp_path: Path) -> None:
    agency = files(tmp_path, '[[answer]]\noperation = "A1"\nfault = "R1"\nreply = { reasonCode = "17" }')
    from adapters.samples import records

    content = answered(agency, records.file(agency.form))
    assert b"\r\nR1" in content
    rejected = [values for record, values, _ in agency.answering.read(content) if record.code == "R1"]
    assert [one["reasonCode"] for one in rejected] == ["17"]
    agency.stop()


def test_a_contract_is_published_with_the_address_it_is_served_at(simulated: Sandbox) -> None:
    url = simulated.url("npr")
    found = zeep.Client(f"{url}/population?wsdl")  # follows the import of npr.xsd too
    (port,) = found.wsdl.services["PopulationService"].ports.values()
    assert port.binding_options["address"] == f"{url}/population"
    assert requests.get(f"{url}/population?xsd", timeout=5).content == (FOLDER / "npr/npr.xsd").read_bytes()
    document = requests.get(f"{simulated.url('tax')}/openapi.json", timeout=5).json()
    assert document["servers"] == [{"url": simulated.url("tax")}]


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_over_tls_nobody_without_a_certificate_of_ours_is_let_in(simulated: Sandbox) -> None:
    url = simulated.url("eastholm")
    assert url.startswith("https://")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{url}/errands/EH-2026-00001", timeout=5)  # an authority that nobody else knows
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/errands/EH-2026-00001", timeout=5, verify=False)


@pytest.mark.parametrize("account", [None, ("onestop", "wrong"), ("somebody", "")])
def test_a_wrong_password_is_not_let_in(simulated: Sandbox, account: tuple[str, str] | None) -> None:
    url = f"{simulated.url('vdr')}/axis/services/KeeperService"
    answer = requests.post(url, b"<x/>", auth=account, timeout=5)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    right = requests.post(url, b"<x/>", auth=("onestop", simulated.secret), timeout=5)
    assert right.status_code == 500  # a fault: this is no envelope


def test_only_tokens_that_were_given_are_good(simulated: Sandbox) -> None:
    url = simulated.url("tax")
    for header in ({}, {"Authorization": "Bearer made-up"}):
        answer = requests.get(f"{url}/taxpayers/19850312T4240", headers=header, timeout=5)
        assert answer.status_code == 401
    form = {"grant_type": "client_credentials", "client_id": "onestop", "client_secret": simulated.secret}
    refused = requests.post(f"{url}/oauth/token", form, timeout=5)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_a_register_behind_a_security_server(tmp_path: Path) -> None:
    agency = cli.build(cli._parser().parse_args([str(FOLDER / "borealia")]))
    agency.start()
    try:
        registry.load_all({"borealia": agency.url}, only=["borealia"])
        value = {"person": {"identifier": {"notation": "BO-71030933T"}}}
        found = exchange.perform("borealia", "find_person", value, Context("c", "k"))
        assert isinstance(found, Accepted)
        row = Connection.objects.get(key="borealia")
        row.settings["xroad"]["client"] = "AU/GOV/10000001/stranger"
        row.save()
        with pytest.raises(Misconfigured, match="UnknownMember"):
            exchange.perform("borealia", "find_person", value, Context("c", "k2"))
    finally:
        agency.stop()
