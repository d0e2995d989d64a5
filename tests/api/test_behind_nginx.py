"""Callers by certificate through a real nginx that ends TLS: whose word counts, and whose does not."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.api.nginx import AGENCIES, CITIZENS, NGINX, Front, nginx, onestop, served, write_pair
from tests.api.test_callers import NEWS, certificate, item, pem
from tests.workflows.test_kill import ROOT, database, free_port

pytestmark = pytest.mark.skipif(
    not NGINX, reason="nginx is not installed (Debian: apt-get install nginx-light)"
)
PINNED, ISSUED = "/api/v1/agencies/pinned/notice", "/api/v1/agencies/issued/notice"
NOTHING_TO_ASK = (202, '{"outcome": "nothing-to-ask"}')


@dataclass(frozen=True)
class Callers:
    """Files with a certificate and its key."""

    pinned: Path
    issued: Path
    of_another: Path  # by the same authority, for another agency
    stranger: Path  # by nobody that the proxy knows
    large: Path  # of an RSA key of 4096 bits, by the authority
    shown: str  # the pinned one, as a caller would write it into a header


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def authority() -> Any:
    return certificate(name="Authority of the state", usage=None)


@pytest.fixture(scope="module")
def callers(folder: Path, authority: Any) -> Callers:
    pinned = certificate(name="PINNED")
    pairs = {
        "pinned": pinned,
        "issued": certificate(issuer=authority, name="TAX"),
        "of_another": certificate(issuer=authority, name="VDR"),
        "stranger": certificate(name="TAX"),
        "large": certificate(issuer=authority, name="TAX", key=rsa.generate_private_key(65537, 4096)),
    }
    files = {name: write_pair(folder / f"{name}.pem", pair) for name, pair in pairs.items()}
    known = (pem(authority[0]), pem(pinned[0]))
    (folder / "agencies-ca.pem").write_text("".join(known))
    return Callers(**files, shown=item(pinned[0]))


@pytest.fixture(scope="module")
def front(folder: Path, callers: Callers, authority: Any) -> Iterator[Front]:
    with database(folder) as address:
        port, portal = free_port(), free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
        environment = kept | {
            "ONESTOP_DATABASE_URL": address,
            "ONESTOP_DATA_DIR": str(folder),
            "ONESTOP_PORTAL_URL": f"https://{CITIZENS}",
            "ONESTOP_ALLOWED_HOSTS": f"{CITIZENS},{AGENCIES}",
            "ONESTOP_CLIENT_CERT_PROXIES": "127.0.0.5",
            "ONESTOP_CONNECTIONS_DIR": str(folder / "connections"),
        }
        connected(folder, environment, callers, authority)
        files = server_files(folder)
        with served(environment, portal), nginx(folder, port, portal, files):
            yield Front(port, portal, folder / "server.pem")


def connected(folder: Path, environment: dict[str, str], callers: Callers, authority: Any) -> None:
    """Two agencies that call with certificates, as an operator connects them."""
    tables = {"pinned": "", "issued": 'subject = "CN=TAX"'}
    for name, more in tables.items():
        place = folder / "connections" / name
        shutil.copytree(ROOT / "adapters" / "connections" / "tax", place)
        with (place / "connection.toml").open("a") as file:
            file.write(f'\n[callers]\nmethod = "mtls"\n{more}\n')
    credentials = {
        "pinned": {"caller_certificate": callers.pinned.read_text().partition("-----BEGIN PRIV")[0]},
        "issued": {"caller_authority": pem(authority[0])},
    }
    onestop(environment, "migrate", "-v0")
    onestop(environment, "adapter", "load", *tables)
    for name, known in credentials.items():
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in known.items()]
        (folder / f"{name}.toml").write_text("".join(lines))
        onestop(environment, "adapter", "credentials", name, str(folder / f"{name}.toml"))


def server_files(folder: Path) -> dict[str, str]:
    """One certificate of both names, and the authorities whose callers are let through."""
    names = x509.SubjectAlternativeName([x509.DNSName(CITIZENS), x509.DNSName(AGENCIES)])
    pair = certificate(name=CITIZENS, usage=ExtendedKeyUsageOID.SERVER_AUTH, names=names)
    path = str(write_pair(folder / "server.pem", pair))
    both = {f"{name}.{end}": path for name in (CITIZENS, AGENCIES) for end in ("pem", "key")}
    return {**both, "agencies-ca.pem": str(folder / "agencies-ca.pem")}


def test_the_certificate_that_the_proxy_saw_opens(front: Front, callers: Callers) -> None:
    assert front.post(PINNED, NEWS, proof=callers.pinned) == NOTHING_TO_ASK
    assert front.post(ISSUED, NEWS, proof=callers.issued) == NOTHING_TO_ASK
    assert front.post(ISSUED, NEWS, proof=callers.large) == NOTHING_TO_ASK


def test_one_agency_is_not_another(front: Front, callers: Callers) -> None:
    status, told = front.post(ISSUED, NEWS, proof=callers.of_another)
    assert (status, "of another subject" in told) == (401, True), told
    status, told = front.post(PINNED, NEWS, proof=callers.issued)
    assert (status, "not the one that was agreed" in told) == (401, True), told


def test_whom_the_proxy_does_not_know_gets_no_further(front: Front, callers: Callers) -> None:
    status, told = front.post(ISSUED, NEWS, proof=callers.stranger)
    assert (status, "The SSL certificate error" in told) == (400, True), told


@pytest.mark.parametrize("header", ["Client-Cert", "client-cert", "Client_Cert", "CLIENT_CERT"])
@pytest.mark.parametrize("name", [AGENCIES, CITIZENS])
def test_what_a_caller_says_of_itself_is_not_believed(
    front: Front, callers: Callers, header: str, name: str
) -> None:
    """The certificate is public: to show it in a header proves nothing."""
    status, told = front.post(PINNED, NEWS, headers={header: callers.shown}, name=name)
    assert (status, "no certificate" in told) == (401, True), told
    status, told = front.post(PINNED, NEWS, headers={header: callers.shown}, proof=callers.of_another)
    assert (status, "not the one that was agreed" in told) == (401, True), told
    assert front.post(PINNED, NEWS, headers={header: ":AAAA:"}, proof=callers.pinned) == NOTHING_TO_ASK


@pytest.mark.parametrize("header", ["Client-Cert", "Client_Cert"])
def test_who_comes_past_the_proxy_is_not_believed(front: Front, callers: Callers, header: str) -> None:
    status, told = front.post_directly(PINNED, NEWS, {header: callers.shown})
    assert (status, "no certificate" in told) == (401, True), told
    forwarded = {header: callers.shown, "X-Forwarded-For": "127.0.0.5", "Forwarded": "for=127.0.0.5"}
    assert front.post_directly(PINNED, NEWS, forwarded)[0] == 401


def test_a_name_that_asks_for_certificates_is_not_reached_by_another(front: Front, callers: Callers) -> None:
    """TLS by the citizens' name, where nobody is asked, and then the agencies' name in the request."""
    status, _ = front.post(PINNED, NEWS, name=CITIZENS, host=AGENCIES, headers={"Client-Cert": callers.shown})
    assert status == 421


def test_agencies_reach_their_addresses_alone(front: Front, callers: Callers) -> None:
    assert front.post("/sign-in", b"", proof=callers.pinned)[0] == 404
