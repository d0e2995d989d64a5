"""Every kind of exchange becomes a test that passes, names nobody, and fails when its files change."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import exchange
from adapters.connection_spec import FOLDER
from adapters.events import MEDIA_TYPE
from adapters.models import Exchange, Ruling, WorkbenchItem
from adapters.ports import Context
from adapters.regression.making import Made, make
from adapters.regression.replay import load, replay
from adapters.sandbox import Sandbox, run
from adapters.sandbox.hos import new_event
from tests.adapters.connections import load as load_connections
from tests.adapters.regression.every_kind import (
    CANARY,
    ESTATE,
    MOVE,
    Letters,
    answered,
    call,
    named,
    run_test,
)
from tests.adapters.soap.test_pension_agency import PENSIONER, REPORT
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
Change = tuple[str, str, str]


@pytest.fixture
def portal() -> Iterator[Letters]:
    """Where agencies post to: kept, so that the portal's own door is knocked at in this thread."""
    letters = Letters()
    letters.listener.open()
    yield letters
    letters.listener.close()


@pytest.fixture
def sandbox(settings: Any, portal: Letters) -> Iterator[Sandbox]:
    settings.PORTAL_URL = portal.url
    with run(portal_url=portal.url) as sandbox:
        load_connections(sandbox)
        yield sandbox


def differs(made: Made, tmp_path: Path, key: str, *changes: Change) -> bool:
    """Whether the exchange comes out otherwise once a file of the connection is changed."""
    kept, folder = load(made.data), tmp_path / "connections"
    shutil.copytree(FOLDER / key, folder / key, dirs_exist_ok=True)
    assert replay(kept, folder) == kept, "unchanged, it comes out as recorded"
    for name, old, new in changes:
        path = folder / key / name
        assert old in path.read_text(), f"{name} does not say {old}"
        path.write_text(path.read_text().replace(old, new))
    again = replay(kept, folder)
    return (again.sent, again.answer) != (kept.sent, kept.answer)


def checked(row: Exchange, tmp_path: Path) -> Made:
    """A test is made, passes and names nobody."""
    made = make(row, tmp_path / "out")
    run_test(made.test)
    assert named(made.data) == []
    assert load(made.data).answer["state"] == row.state
    return made


# --- records in one file ---


def test_a_record_that_waits_for_its_file(sandbox: Sandbox, tmp_path: Path) -> None:
    call("norrby", "open_case", MOVE)  # another case waits in the same file, and stays out of the test
    made = checked(call("norrby", "open_case", MOVE), tmp_path)
    kept = load(made.data)
    (sent,) = kept.sent
    header, record, trailer = json.loads(sent.body)
    assert (header["record"], record["recordNo"], trailer["recordCount"]) == ("H", "1", "1")
    assert record["personNo"] == kept.value["person"]["identifier"]["notation"]
    assert kept.answer["asked"]["state"] == "pending"
    assert differs(made, tmp_path, "norrby", ("mapping.toml", '"IN"', '"UT"'))
    layout = ("norrby.layout.toml", 'delimiter = ";"\ndecimal', 'delimiter = ","\ndecimal')
    assert differs(made, tmp_path / "2", "norrby", layout)
    total = ("norrby.layout.toml", 'of = "F.postcode"', 'of = "F.recordNo"')
    assert differs(made, tmp_path / "3", "norrby", total)


@pytest.mark.parametrize(("refused", "state"), [(False, "accepted"), (True, "rejected")])
def test_the_answer_to_a_record(sandbox: Sandbox, tmp_path: Path, refused: bool, state: str) -> None:
    if refused:
        sandbox.agencies["norrby"].switch(reject=True)
    told = call("norrby", "open_case", MOVE)
    row = answered("norrby", "open_case", told.detail)
    assert row.state == state
    made = checked(row, tmp_path)
    if refused:
        rule = '"reasonCode", canonical = "code"'
        assert differs(made, tmp_path, "norrby", ("mapping.toml", rule, rule.replace("code", "number")))
    else:
        change = ("norrby.layout.toml", 'pattern = "KS [0-9]{4}/[0-9]+"', 'pattern = "XX [0-9]+"')
        assert differs(made, tmp_path, "norrby", change)


def test_a_record_that_is_not_answered_yet(sandbox: Sandbox, tmp_path: Path) -> None:
    told = call("norrby", "open_case", MOVE)
    exchange.check("norrby", "open_case", told.detail, Context("correlation", "k"))
    row = Exchange.objects.filter(operation="open_case.check").get()
    assert row.state == "pending"
    checked(row, tmp_path)


# --- e-mail ---


def test_a_mail_with_its_document(sandbox: Sandbox, tmp_path: Path) -> None:
    value = {**MOVE, "remark": f"the dog is called {CANARY}"}
    made = checked(call("vestvik", "open_case", value), tmp_path)
    kept = load(made.data)
    (sent,) = kept.sent
    words, document, data = json.loads(sent.body)
    number = kept.value["person"]["identifier"]["notation"]
    assert "Please answer this mail" in words["text"]
    assert number in document["document"]["text"][0]
    assert data["data"] == document["document"]["attached"]["case.json"][0] == kept.value
    assert document["document"]["claims"] == ["pdfaid:conformance>U", "pdfaid:part>3", "pdfuaid:part>1"]
    assert kept.answer["reference"] == "@token"
    assert differs(made, tmp_path, "vestvik", ("mapping.toml", '= "Post town"', '= "Town"'))
    assert differs(made, tmp_path / "2", "vestvik", ("connection.toml", 'to = "kommun@', 'to = "other@'))


@pytest.mark.parametrize(
    ("switch", "state"), [({}, "accepted"), ({"reject": True}, "rejected"), ({"malformed": True}, "")]
)
def test_the_reply_to_a_mail(sandbox: Sandbox, tmp_path: Path, switch: dict[str, bool], state: str) -> None:
    sandbox.agencies["vestvik"].switch(**switch)
    told = call("vestvik", "open_case", MOVE)
    if state:
        row = answered("vestvik", "open_case", told.detail)
    else:
        with pytest.raises(Exception, match="neither yes nor no"):
            answered("vestvik", "open_case", told.detail)
        row = Exchange.objects.filter(operation="open_case.check").recent()[0]
    assert row.state == (state or "not-understood")
    made = checked(row, tmp_path)
    assert "Freja" not in made.data.read_text()
    if state == "accepted":
        assert load(made.data).answer["reference"].startswith("VES-")
        words = ("mapping.toml", '"the case is opened", ', "")
        assert differs(made, tmp_path, "vestvik", words)
        domain = ("connection.toml", '["vestvik.aurelia.example"]', '["elsewhere.example"]')
        assert differs(made, tmp_path / "2", "vestvik", domain)


def test_a_mail_that_answers_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    told = call("vestvik", "open_case", MOVE)
    answered("vestvik", "open_case", told.detail)
    row = Exchange.objects.get(connection="vestvik", operation="mail")
    kept = load(checked(row, tmp_path).data)
    assert kept.answer["value"]["kind"] == "machine"


# --- the workbench ---


def item_of(row: Exchange) -> WorkbenchItem:
    return WorkbenchItem.objects.get(reference=row.detail)


def test_an_item_that_waits_for_its_ruling(sandbox: Sandbox, tmp_path: Path) -> None:
    told = call("crt", "open_case", ESTATE)
    exchange.check("crt", "open_case", told.detail, Context("correlation", "k"))
    row = Exchange.objects.get(operation="open_case.check")
    made = checked(row, tmp_path)
    assert load(made.data).answer["state"] == row.state


def test_the_ruling_on_an_item(sandbox: Sandbox, tmp_path: Path) -> None:
    told = call("crt", "open_case", {**ESTATE, "grounds": CANARY})
    item = item_of(told)
    assert item.is_for_decision
    ruling = Ruling(item=item, outcome="granted", digest="0" * 64)
    ruling.told = {"reasons": f"{CANARY} was right, says Maria", "law": "HA 12", "decidedBy": "judge"}
    ruling.document = b"%PDF"
    ruling.save()
    exchange.check("crt", "open_case", told.detail, Context("correlation", "k"))
    made = checked(Exchange.objects.get(operation="open_case.check"), tmp_path)
    assert load(made.data).answer["value"]["status"] == "granted"
    assert differs(made, tmp_path, "crt", ("mapping.toml", "decides = true", "decides = false"))


# --- what agencies send ---


def inbound(key: str, operation: str, body: dict[str, Any], kind: str = "application/json") -> Exchange:
    exchange.record_inbound(key, operation, "", "", json.dumps(body).encode(), "taken", received_type=kind)
    return Exchange.objects.get()


def test_a_status(tmp_path: Path) -> None:
    body = {"messageId": "m-1", "reference": "NPR-2026-00000001", "status": "registered"}
    body |= {"decidedAt": "2026-11-20T12:00:00Z", "reason": f"Maria {CANARY} has moved"}
    value = load(checked(inbound("npr", "status", body), tmp_path).data).answer["value"]
    assert (value["status"], value["reference"][:4]) == ("registered", "NPR-")


@pytest.mark.parametrize("key", ["tax", "brg"])
def test_a_notice(tmp_path: Path, key: str) -> None:
    row = inbound(key, "notice", {"messageId": "m-2", "reference": "TJ00000012"})
    value = load(checked(row, tmp_path).data).answer["value"]
    assert value["reference"].startswith("TJ")


def test_an_event_in_which_somebody_is_named(tmp_path: Path) -> None:
    event = new_event("birth")
    made = checked(inbound("hos", "event", event, MEDIA_TYPE), tmp_path)
    assert differs(made, tmp_path, "hos", ("connection.toml", "urn:aurelia:hos", "urn:aurelia:other"))


def test_an_answer_to_our_reply_to(sandbox: Sandbox, portal: Letters, tmp_path: Path, client: Any) -> None:
    told = call("pen", "report_death", {**REPORT, "reporter": f"Maria {CANARY}"})
    out = checked(told, tmp_path / "asked")
    assert "wsa:ReplyTo" in load(out.data).sent[0].body
    letter = eventually(lambda: next(iter(portal.came), None))
    response = client.post("/api/v1/agencies/pen/soap", letter.body, letter.header("Content-Type"))
    assert response.status_code == 202
    made = checked(Exchange.objects.get(direction="in"), tmp_path)
    value = load(made.data).answer["value"]
    assert (value["operation"], value["result"]["value"]["status"]) == ("report_death", "ended")
    assert differs(made, tmp_path, "pen", ("mapping.toml", 'ended = "ENDED"', 'closed = "ENDED"'))
    assert differs(made, tmp_path / "2", "pen", ("pen.xsd", 'value="ENDED"', 'value="OVER"'))


# --- the rest ---

NEIGHBOUR = {"person": {"identifier": {"notation": "BO-71030933T"}}}
SIMPLE: list[tuple[str, str, dict[str, Any], Change]] = [
    ("pen", "get_entitlement", PENSIONER, ("mapping.toml", "old-age", "elderly")),
    ("borealia", "find_person", NEIGHBOUR, ("mapping.toml", '"surname"', '"givenNames"')),
]  # fmt: skip


@pytest.mark.parametrize(("key", "operation", "value", "change"), SIMPLE, ids=[one[0] for one in SIMPLE])
def test_other_protocols(
    sandbox: Sandbox, tmp_path: Path, key: str, operation: str, value: dict[str, Any], change: Change
) -> None:
    made = checked(call(key, operation, value), tmp_path)
    assert differs(made, tmp_path, key, change)


def test_what_was_refused_before_sending(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="pattern"):
        call("pen", "get_entitlement", {"person": {"identifier": {"notation": "1"}}})
    row = Exchange.objects.get()
    assert row.state == "refused"
    made = checked(row, tmp_path)
    assert made.notes == ["nothing was sent: the value was refused before sending"]
    assert load(made.data).answer["field"] == "person.identifier.notation"
