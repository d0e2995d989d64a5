"""The switchboard: its JSON, its page without JavaScript, and who may use it."""

from collections.abc import Iterator

import pytest
import requests
from lxml import html

from adapters.sandbox import Sandbox
from adapters.sandbox.running import AGENCIES
from adapters.simulator.control import Switchboard
from tests.sandbox.test_switches import _ask


@pytest.fixture
def board(sandbox: Sandbox) -> Iterator[str]:
    board = Switchboard(sandbox)
    board.start()
    yield board.url
    board.stop()


def test_agencies_are_listed_with_their_state(sandbox: Sandbox, board: str) -> None:
    agencies = requests.get(f"{board}/agencies", timeout=5).json()["agencies"]
    assert [agency["key"] for agency in agencies] == list(AGENCIES)
    assert all(agency["up"] for agency in agencies)
    assert agencies[3]["url"] == sandbox.url("laa")


def test_json_switches_an_agency(sandbox: Sandbox, board: str) -> None:
    state = requests.post(f"{board}/agencies/vdr", json={"down": True}, timeout=5).json()
    assert state["up"] is False
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.url("vdr"), timeout=5)
    assert requests.delete(f"{board}/agencies/vdr", timeout=5).json()["up"] is True
    assert requests.get(sandbox.url("vdr"), timeout=5).status_code == 404


@pytest.mark.parametrize("wanted", ['{"nonsense": true}', '{"down": "yes"}', "[]", "broken"])
def test_a_wrong_wish_is_explained(board: str, wanted: str) -> None:
    reply = requests.post(f"{board}/agencies/vdr", data=wanted, timeout=5)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_the_ledger_counts(sandbox: Sandbox, board: str) -> None:
    _ask(sandbox)
    ledger = requests.get(f"{board}/agencies/laa/ledger", timeout=5).json()
    assert (ledger["received"], ledger["effects"]) == (1, 0)
    assert ledger["by_operation"] == {"GetAddress": {"received": 1, "effects": 0}}
    page = requests.get(f"{board}/ledgers/laa", timeout=5).text
    assert "GetAddress" in page


def test_the_buttons_work_as_forms(sandbox: Sandbox, board: str) -> None:
    for expected in (True, False):  # the first press switches off, the second on again
        page = html.fromstring(requests.get(f"{board}/", timeout=5).content)
        (button,) = page.xpath("//section[@id='vdr']//button[@name='down']")
        form = next(button.iterancestors("form"))
        values = {button.get("name"): button.get("value")}
        reply = requests.post(f"{board}{form.get('action')}", data=values, timeout=5)
        assert reply.url == f"{board}/#vdr"
        assert sandbox.agencies["vdr"].panel.now.down is expected


def test_the_page_is_plain(sandbox: Sandbox, board: str) -> None:
    sandbox.switch("npr", latency_ms=70)
    reply = requests.get(f"{board}/", timeout=5)
    page = html.fromstring(reply.content)
    assert page.get("lang") == "en"
    assert page.xpath("//script") == []
    assert all(link.startswith("/") for link in page.xpath("//link/@href"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in page.xpath("//input"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert page.xpath("//input[@id='npr-latency_ms']/@value") == ["70"]
    assert requests.get(f"{board}/style.css", timeout=5).headers["Content-Type"].startswith("text/css")
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_a_number_and_a_reset_by_form(sandbox: Sandbox, board: str) -> None:
    requests.post(f"{board}/agencies/tax", data={"late_seconds": "7"}, timeout=5)
    assert sandbox.agencies["tax"].panel.now.late_seconds == 7
    assert requests.post(f"{board}/agencies/tax", data={"late_seconds": "x"}, timeout=5).status_code == 400
    requests.post(f"{board}/agencies/tax", data={"reset": "1"}, timeout=5)
    assert sandbox.agencies["tax"].panel.now.late_seconds == 0


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Host": "elsewhere.example"}])
def test_other_sites_cannot_switch(sandbox: Sandbox, board: str, headers: dict[str, str]) -> None:
    reply = requests.post(f"{board}/agencies/vdr", data={"down": "on"}, headers=headers, timeout=5)
    assert reply.status_code == 403
    assert not sandbox.agencies["vdr"].panel.now.down


def test_what_is_not_there(board: str) -> None:
    for path in ("/agencies/nobody", "/elsewhere", "/agencies/vdr/elsewhere/x"):
        assert requests.get(f"{board}{path}", timeout=5).status_code == 404
