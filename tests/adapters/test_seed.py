"""The demo's connections: every folder is loaded, reachable, and knows the agencies' secrets."""

from pathlib import Path

import pytest
from django.conf import settings

from adapters import registry, seed
from adapters.models import Connection
from adapters.sandbox.running import AGENCIES
from adapters.sandbox.settings import OFFSETS
from adapters.simulator.sftp import host_key
from onestop.demo import plan


@pytest.mark.django_db
def test_every_folder_becomes_a_connection_that_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESTOP_SANDBOX_PORT", "8310")
    monkeypatch.setenv("ONESTOP_SANDBOX_SECRET", "the sandbox secret")
    seed.seed_connections()
    seed.seed_connections()
    rows = {row.key: row for row in Connection.objects.all()}
    assert set(rows) == set(registry.keys()) >= set(AGENCIES)
    for key, row in rows.items():
        assert registry.adapter(key) is registry.adapter(key), row.kind
    assert rows["laa"].base_url == "http://127.0.0.1:8314"
    assert rows["vdr"].credentials == {"username": "onestop", "password": "the sandbox secret"}


def test_ports_follow_the_sandbox_order() -> None:
    assert set(AGENCIES) == set(OFFSETS)
    assert {key.lower(): offset for key, offset in plan.AGENCIES.items()} == OFFSETS


def test_host_key_is_the_one_that_the_sandbox_will_show() -> None:
    pinned = seed.credentials()["sia"]["host_key"]
    shown = host_key(Path(settings.DATA_DIR) / "sandbox" / "sia" / "host_key")
    assert pinned == f"{shown.get_name()} {shown.get_base64()}"
