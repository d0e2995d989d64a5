"""Certificates that a connection keeps, and how long before their end somebody is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from adapters import registry
from adapters.health import certificates
from adapters.health.checking import check
from adapters.models import Connection
from adapters.sandbox import run
from tests.adapters.keys import NOW, certificate, pem


def test_the_end_of_each_is_found() -> None:
    short, long = (pem(certificate("ec", f"{days} days", days=days)) for days in (5, 90))
    kept = {
        **{"agency_certificate": short + long, "signing_certificate": short + long, "signing_key": "x"},
        **{"ca": certificates.MARK + "garbage", "password": "secret"},
    }
    found = dict(certificates.ends(kept))
    assert set(found) == {"agency_certificate", "signing_certificate", "ca"}
    assert found["ca"] is None
    assert found["signing_certificate"] == (NOW + timedelta(days=5)).replace(microsecond=0)
    assert found["agency_certificate"] == (NOW + timedelta(days=90)).replace(microsecond=0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "later", "state", "words"),
    [(400, 0, "ok", ""), (5, 0, "degraded", "ends on"), (5, 6, "down", "ended on")],
)
def test_somebody_is_told_before_the_end(days: int, later: int, state: str, words: str) -> None:
    with run(("npr",)) as sandbox:
        registry.load_all(sandbox.urls(), sandbox.credentials())
        row = Connection.objects.get(key="npr")
        spare = pem(certificate("rsa", f"spare {days}", days=days))
        row.credentials = {**row.credentials, "spare": spare}
        row.save()
        found = check("npr", timezone.now() + timedelta(days=later))
    assert found.state == state
    assert [finding for finding in found.findings if "spare" in finding][:1] == (
        [f"the credential spare {words} {NOW + timedelta(days=days):%Y-%m-%d}"] if words else []
    )
