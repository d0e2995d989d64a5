"""A connection of an integrator's own: loaded alone, given credentials, watched, made into tests."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters import registry, seed
from adapters.conformance.simulated import simulated
from adapters.connection_spec import FOLDER, from_folder
from adapters.health import policy, publishing
from adapters.models import Connection, Exchange
from adapters.onboarding import adapter_cli, new
from adapters.regression import cli as exchange_cli
from adapters.regression.replay import load, replay

pytestmark = pytest.mark.django_db

WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:t="urn:quotes" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:quotes">
  <types><x:schema><x:import namespace="urn:quotes" schemaLocation="../types/quotes.xsd"/></x:schema></types>
  <message name="Ask"><part name="who" element="t:Caller"/><part name="body" element="t:Ask"/></message>
  <message name="Answer"><part name="body" element="t:Answer"/></message>
  <portType name="Port"><operation name="Ask"><input message="t:Ask"/><output message="t:Answer"/></operation></portType>
  <binding name="Binding" type="t:Port">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Ask"><soap:operation soapAction="urn:ask"/>
      <input><soap:header message="t:Ask" part="who" use="literal"/><soap:body use="literal"/></input>
      <output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="Quotes"><port name="Port" binding="t:Binding"><soap:address location="http://quotes.example/ask"/></port>
  </service>
</definitions>
"""  # noqa: E501 - a contract as agencies write them
XSD = """<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:quotes" elementFormDefault="qualified">
  <x:element name="Caller"><x:complexType><x:sequence>
    <x:element name="username" type="x:string"/><x:element name="password" type="x:string"/>
  </x:sequence></x:complexType></x:element>
  <x:element name="Ask"><x:complexType><x:sequence><x:element name="symbol" type="x:string"/></x:sequence>
  </x:complexType></x:element>
  <x:element name="Answer"><x:complexType><x:sequence><x:element name="price" type="x:float"/></x:sequence>
  </x:complexType></x:element>
</x:schema>
"""  # noqa: E501


@pytest.fixture
def quotes(tmp_path: Path, settings: Any) -> Path:
    """A connection whose contract refers out of its own folder, with a header that says who calls."""
    source = tmp_path / "source" / "service" / "quotes.wsdl"
    for path, text in ((source, WSDL), (tmp_path / "source" / "types" / "quotes.xsd", XSD)):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    folder = new.make("quotes", source, [], tmp_path / "connections", tmp_path / "source").folder
    settings.CONNECTIONS_DIRS = [str(folder.parent)]
    return folder


def at(folder: Path, address: str) -> None:
    """Point ``connection.toml`` at a simulator, and say that asking only reads."""
    path = folder / "connection.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("base_url")]
    base = address.removesuffix("/")
    own = [f'base_url = "{base}"', "allow_private = true", 'contract_url = "/?wsdl"']
    reads = ["[delivery.operations]", 'ask = "read"']
    path.write_text("\n".join([*own, *lines, *reads]) + "\n")


def test_one_is_loaded_and_the_demos_agencies_stay_where_they_are(
    quotes: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adapter_cli.main(["load", "quotes"]) == 0
    assert [row.key for row in Connection.objects.all()] == ["quotes"]
    assert "it lacks password, username" in capsys.readouterr().out
    settings.DEMO = True
    monkeypatch.setenv("ONESTOP_SANDBOX_PORT", "9400")
    assert adapter_cli.main(["load"]) == 0
    assert Connection.objects.get(key="vdr").base_url == seed.base_urls()["vdr"] == "http://127.0.0.1:9403"
    assert Connection.objects.get(key="quotes").base_url == "http://quotes.example"
    assert adapter_cli.main(["load", "nobody"]) == 2
    assert "there is no folder of this connection" in capsys.readouterr().err


def test_credentials_are_sealed_named_and_sent(
    quotes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = tmp_path / "quotes.toml"
    secrets.write_text('username = "onestop"\npassword = { file = "word.txt" }\n')
    with simulated(from_folder(quotes)) as one:
        at(quotes, one.agency.url)
        assert adapter_cli.main(["credentials", "quotes", str(secrets)]) == 2
        assert "word.txt cannot be read" in capsys.readouterr().err
        (tmp_path / "word.txt").write_text("a sealed word")
        assert adapter_cli.main(["credentials", "quotes", str(secrets)]) == 2
        assert "`onestop adapter load quotes` first" in capsys.readouterr().err
        assert adapter_cli.main(["load", "quotes"]) == 0
        assert adapter_cli.main(["credentials", "quotes"]) == 1
        assert "it lacks password, username" in capsys.readouterr().out
        address = ["--against", one.agency.url.removesuffix("/")]
        assert adapter_cli.main(["verify", "quotes", *address]) == 1
        assert adapter_cli.main(["credentials", "quotes", str(secrets)]) == 0
        shown = capsys.readouterr().out
        assert "quotes has password, username" in shown
        assert "a sealed word" not in shown
        assert adapter_cli.main(["verify", "quotes", *address]) == 0
    row = Connection.objects.get()
    assert row.credentials == {"username": "onestop", "password": "a sealed word"}
    assert b"a sealed word" not in bytes(row.credentials_sealed)
    assert adapter_cli.main(["load", "quotes"]) == 0
    assert Connection.objects.get().credentials == row.credentials
    for wrong in ("username = 3", "username = ["):
        secrets.write_text(wrong)
        assert adapter_cli.main(["credentials", "quotes", str(secrets)]) == 2


def test_a_contract_below_folders_is_watched_where_it_is_published(quotes: Path, tmp_path: Path) -> None:
    agencys = shutil.copytree(quotes, tmp_path / "agency" / "quotes")
    with simulated(from_folder(agencys)) as one:
        at(quotes, one.agency.url)
        published = {
            "contract/service/quotes.wsdl": "/?wsdl",
            "contract/types/quotes.xsd": "/types/quotes.xsd",
        }
        spec = from_folder(quotes)
        assert publishing.compare(spec, policy.parse("quotes", spec.settings).published).state == "same"
        assert publishing.compare(spec, published).state == "same"
        ours = quotes / "contract" / "types" / "quotes.xsd"
        ours.write_text(XSD.replace('name="price" type="x:float"', 'name="price" type="x:string"'))
        (change,) = publishing.compare(spec, published).changes
        assert (change.operation, change.field, change.breaking) == ("Ask", "price", True)
    for name in ("../quotes.wsdl", "/etc/quotes.wsdl"):
        with pytest.raises(Exception, match="is no file of the connection's folder"):
            policy.parse("quotes", {"contract_url": {name: "/?wsdl"}})


def test_an_exchange_of_a_connection_elsewhere_becomes_a_test(
    quotes: Path, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated(replace(from_folder(quotes), credentials={"username": "a", "password": "b"})) as one:
        at(quotes, one.agency.url)
        assert adapter_cli.main(["load", "quotes"]) == 0
        row = Connection.objects.get()
        row.credentials = {"username": "a", "password": "b"}
        row.save()
        assert adapter_cli.main(["call", "quotes", "ask"]) == 0
    row_id = str(Exchange.objects.get().public_id)
    assert exchange_cli.main(["to-test", row_id, "--out", str(tmp_path / "recorded")]) == 0, (
        capsys.readouterr().err
    )
    (data,) = (tmp_path / "recorded").glob("*.json")
    assert json.loads(data.read_text())["connection"] == "quotes"
    assert replay(load(data)).sent == load(data).sent
    settings.CONNECTIONS_DIRS = []
    assert exchange_cli.main(["to-test", row_id, "--out", str(tmp_path / "more")]) == 2
    assert "ONESTOP_CONNECTIONS_DIR" in capsys.readouterr().err
    assert registry.folder_of("npr") == FOLDER / "npr"
