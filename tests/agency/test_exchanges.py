"""The exchange log on screen: filters, pages, one exchange side by side, and who read it."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adapters.models import Exchange
from identity.models import User
from tests.agency.world import Role, dead_delivery, exchange, member, reads, signed_in, told, with_reason
from workflows.models import Case
from workflows.progress import timeline

GARBAGE = [
    "\0",
    "a\0b",
    "%",
    "' OR 1=1 --",
    "\ud83d\ude00" * 60,
    "9" * 400,
    "-1",
    "\r\n",
    "\u202e",
    "[]",
    "é",
]
CURSORS = [
    "20270101T000000.000000-99999999999999999999",
    "20270101T000000.000000-999999999999999999",
    "00010101T000000.000000-1",
    "99991231T235959.999999-1",
    "20270101T000000.000000-\u0661",
    "20271341T000000.000000-1",
    "20270101T000000.000000",
    "-",
    "\0-1",
]


@pytest.fixture
def integrator(db: None) -> Client:
    return signed_in(member(Role.INTEGRATOR, name="Hiroshi"))


def log(client: Client, **query: str) -> str:
    """The log as filtered."""
    response = client.get(reverse("agency:exchanges"), query)
    assert response.status_code == 200, query
    return response.content.decode()


@pytest.mark.parametrize("name", ["connection", "state", "case", "correlation"])
@pytest.mark.parametrize("value", GARBAGE)
def test_a_filter_of_garbage_finds_nothing_and_breaks_nothing(
    integrator: Client, name: str, value: str
) -> None:
    exchange(case="MOV-AAAA-BBBB", correlation_id="c-1")
    query = urlencode({name: value.encode(errors="surrogatepass")})
    assert integrator.get(f"{reverse('agency:exchanges')}?{query}").status_code == 200


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("cursor", CURSORS)
def test_a_made_up_place_is_no_error(integrator: Client, side: str, cursor: str) -> None:
    exchange()
    log(integrator, **{f"log-{side}": cursor})
    log(integrator, **{"log-before": cursor, "log-after": cursor, "state": "accepted"})


def test_each_filter_narrows_and_pages_keep_it(integrator: Client) -> None:
    wanted = {"connection": "tax", "case": "MOV-1", "correlation": "c-1", "state": "rejected"}
    exchange("MOV-1", "tax", correlation_id="c-1", state="rejected", operation="wanted")
    exchange("MOV-2", "npr", correlation_id="c-2", operation="other")
    for name, value in wanted.items():
        text = log(integrator, **{name: value})
        assert "tax.wanted" in text
        assert "npr.other" not in text
    assert "No exchange fits" in log(integrator, connection="tax", state="accepted")
    for _ in range(60):
        exchange("MOV-1", "tax", state="rejected")
    first = log(integrator, state="rejected", case="MOV-1")
    older = re.search(r'href="(\?log-before=[^"]+)"', first)
    assert older is not None
    second = integrator.get(reverse("agency:exchanges") + older[1].replace("&amp;", "&")).content.decode()
    assert "npr.other" not in second
    assert 'value="MOV-1"' in second
    assert len(set(re.findall(r"/agency/exchanges/([0-9a-f-]{36})/", first + second))) == 50


def test_a_caseworker_reads_the_exchanges_of_their_units_only(db: None) -> None:
    client = signed_in(member(Role.CASEWORKER, "npr"))
    mine, other = exchange(correlation_id="c"), exchange(connection="tax", correlation_id="c")
    text = log(client)
    assert str(mine.public_id) in text
    assert str(other.public_id) not in text
    assert str(other.public_id) not in log(client, connection="tax")
    text = client.get(reverse("agency:exchange", args=[mine.public_id])).content.decode()
    assert str(other.public_id) not in text, "nor by way of the same correlation id"


def test_the_line_that_was_not_understood_is_marked(integrator: Client) -> None:
    sent_back = b"<a>\r\n <b>one\x0c\x85</b>\r\n <oops>two</c>\r\n</a>"
    row = exchange(received=sent_back, line=3, state="not-understood", detail="Opening and ending differ")
    text = integrator.get(reverse("agency:exchange", args=[row.public_id])).content.decode()
    assert "<mark> &lt;oops&gt;two&lt;/c&gt;</mark>" in text
    assert text.count("<mark>") == 1
    assert "3: Opening and ending differ" in text


@pytest.mark.parametrize("kind", ["text/html", "application/xml", "application/json", ""])
def test_what_an_agency_says_is_inert(integrator: Client, kind: str) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
    row = exchange(
        canonical={"name": evil},
        answer={"name": evil},
        sent=f"<a><![CDATA[{evil}]]></a>".encode(),
        received=evil.encode(),
        received_type=kind,
        detail=evil,
        status=evil,
        step=evil,
        correlation_id=evil,
        idempotency_key=evil,
        case_reference=evil[:40],
        line=1,
    )
    shown = integrator.get(reverse("agency:exchange", args=[row.public_id])).content.decode()
    for text in (shown, log(integrator), log(integrator, correlation=evil)):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\S{2})", text)
    assert "{{ 7*7 }}" in shown


@pytest.mark.parametrize(
    "received",
    [
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'"\\ud800"',
        b"\xff\xfe\x00\x01",
        b"\0" * 50,
        b'<a xmlns:x="',
        b"1" * 5000,
        b"NaN",
        "<a/>".encode("utf-16"),
        "\ufeff<a/>".encode(),
        b"",
    ],
)
def test_bytes_of_every_kind_are_shown(integrator: Client, received: bytes) -> None:
    row = exchange(received=received, sent=received, canonical={"a": "\ud800"}, answer={"a": "\ud800"})
    assert integrator.get(reverse("agency:exchange", args=[row.public_id])).status_code == 200


def test_each_read_is_recorded_once_and_the_citizen_is_not_told_in_the_timeline(
    integrator: Client, case: Case
) -> None:
    row = exchange(case.reference)
    before = [(entry.text, entry.at) for entry in timeline(case)]
    with_reason(integrator, row)
    integrator.get(reverse("agency:exchange", args=[row.public_id]))
    assert len(reads(case)) == 2
    assert reads(case)[0] == {
        "what": f"exchange npr.register_move {row.public_id}",
        "name": "Hiroshi integrator",
    }
    assert [(entry.text, entry.at) for entry in timeline(case)] == before
    log(integrator)
    assert len(reads(case)) == 2, "the list shows nothing of what was said"


def test_refused_readers_leave_no_read(case: Case, maria: User) -> None:
    row = exchange(case.reference)
    for client in (Client(), signed_in(maria), signed_in(member(Role.CASEWORKER, "sia"))):
        client.get(reverse("agency:exchange", args=[row.public_id]))
    assert reads(case) == []


@pytest.mark.parametrize("name", ["home", "exchanges"])
def test_more_rows_take_no_more_queries(name: str, case: Case) -> None:
    officer = member(Role.CASEWORKER, "npr")
    counts = []
    for units in (("a",), ("b", "c", "d", "e")):
        for unit in units:
            exchange(case.reference)
            for row, place in ((dead_delivery(case, unit), "unit"), (told(unit), "connection")):
                setattr(row, place, "npr")
                row.save()
        client = signed_in(officer)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(reverse(f"agency:{name}")).content.decode()
        assert len(re.findall(r"/agency/(?:tasks|workbench|exchanges)/[0-9a-f]", text)) >= len(units)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_said_cannot_be_read_in_the_table(case: Case) -> None:
    secret = "Harbour Street 7"
    row = exchange(
        case.reference,
        canonical={"street": secret},
        answer={"street": secret},
        sent=secret.encode(),
        received=secret.encode(),
    )
    item = told("vestvik", case.reference)
    table = Exchange._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT canonical, sent, received, answer FROM {table} WHERE id = %s", [row.pk])
        columns = [bytes(value) for value in cursor.fetchone()]
        cursor.execute(f"SELECT value_sealed FROM {item._meta.db_table} WHERE id = %s", [item.pk])
        columns.append(bytes(cursor.fetchone()[0]))
    assert all(len(column) > 28 for column in columns)
    assert not any(word in column for column in columns for word in (secret.encode(), b"street", b"Maria"))
    row.refresh_from_db()
    assert row.received_bytes == secret.encode()
