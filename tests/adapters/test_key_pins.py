"""Pinned keys: the agency's certificate is right, and its key is none of those that were agreed."""

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest

from adapters import key_pins
from adapters.connection_spec import ConnectionSpec
from adapters.egress import Door
from adapters.errors import Misconfigured, Unavailable
from adapters.health.reaching import reach
from tests.adapters.test_edge import address_of, certificate, hostile

OTHER = base64.b64encode(b"\1" * 32).decode()
THIRD = base64.b64encode(b"\2" * 32).decode()


def spec(url: str, folder: Path, pins: Any) -> ConnectionSpec:
    settings = {"allow_private": True, "tls": {"pins": pins}}
    return ConnectionSpec(
        "tax", "Tax", "rest", url, settings, {"ca": (folder / "cert.pem").read_text()}, folder
    )


def pin(folder: Path) -> str:
    return key_pins.pin_of(ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text()))


@pytest.mark.parametrize("is_reserve", [False, True])
def test_the_agreed_key_is_taken_and_so_is_the_one_in_reserve(tmp_path: Path, is_reserve: bool) -> None:
    with hostile(b"ok", context=certificate(tmp_path, "127.0.0.1")) as server:
        pins = [OTHER, pin(tmp_path)] if is_reserve else [pin(tmp_path), OTHER]
        known = spec(address_of(server, "https"), tmp_path, pins)
        assert Door.of(known).send("GET", "/").body == b"ok"
        assert reach(known).is_reachable


def test_another_key_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    with hostile(b"ok", context=certificate(tmp_path, "127.0.0.1")) as server:
        known = spec(address_of(server, "https"), tmp_path, [OTHER, THIRD])
        with pytest.raises(Unavailable, match="none of those that are pinned") as refused:
            Door.of(known).send("POST", "/", body=b"x", headers={"Authorization": "secret"})
        assert refused.value.sent is False
        assert server.seen == []
        assert "none of those that are pinned" in reach(known).problem, "health says so too"


@pytest.mark.parametrize(
    ("pins", "why"),
    [
        ([OTHER], "names one key"),
        ([OTHER, OTHER], "names one key"),
        (OTHER, "names one key"),
        ([OTHER, "short"], "44 characters"),
        ([OTHER, OTHER[:-4]], "44 characters"),
        ([OTHER, 7], "44 characters"),
    ],
)
def test_wrong_pins_are_said_when_the_connection_is_built(tmp_path: Path, pins: Any, why: str) -> None:
    certificate(tmp_path, "127.0.0.1")
    with pytest.raises(Misconfigured, match=why):
        Door.of(spec("https://127.0.0.1:1", tmp_path, pins))
