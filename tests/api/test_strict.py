"""A116: JSON that two parsers could read differently is refused, and says why."""

import pytest
from django.test import Client

from tests.api.test_statuses import ADDRESS, token

__all__ = ["token"]
GOOD = (
    b'{"messageId": "m-9", "reference": "NPR-9", "status": "registered", "decidedAt": "2027-03-02T10:00:00Z"}'
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (GOOD, 202, "unknown-reference"),
        (GOOD.replace(b'"m-9"', b'"m-9", "messageId": "m-8"'), 400, "stands twice"),
        (GOOD.replace(b'"m-9"', b"NaN"), 400, "NaN"),
        (GOOD.replace(b'"m-9"', b"9" * 400), 400, "digits"),
        (GOOD.replace(b'"m-9"', b"[" * 100000), 413, "at most"),
        (GOOD.replace(b'"m-9"', b"[" * 30000), 400, "cannot be read"),
        (GOOD.replace(b'"m-9"', b"1e999"), 400, "too large"),
        (b"\xff\xfe", 400, "cannot be read"),
        (b"", 422, "missing"),
        (b"[]", 422, "message"),
    ],
)
def test_a116_bodies(client: Client, token: str, body: bytes, status: int, word: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(ADDRESS, body, "application/json", headers=headers)
    assert answer.status_code == status, answer.content
    assert word in answer.content.decode()


def test_health_needs_no_database(client: Client) -> None:
    assert client.get("/api/v1/health").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_asks_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/api/v1/ready").status_code == 200
    from django.db import DatabaseError, connection

    def silent() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", silent)
    assert client.get("/api/v1/ready").status_code == 503
