"""The edge against those who mean harm: addresses in disguise, bombs, drips, false names (A104 to A111)."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters import pinning, unpacking
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.contracts.markup import parse
from adapters.contracts.violation import Violation
from adapters.egress import Door
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.pinning import Allowed
from adapters.ports import Context, Request
from adapters.registry import build
from onestop.lib import addresses, reaching

DISGUISED = [
    *("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "１２７.0.0.1", "①②⑦.⓪.⓪.①"),
    *(
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
    ),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "[::]"),
    *("[fd00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "224.0.0.1", "255.255.255.255", "192.0.0.8"),
    *(
        "198.18.0.1",
        "192.0.2.1",
        "[2001:db8::1]",
        "[2001:0:1::1]",
        "[64:ff9b:1::1]",
        "240.0.0.1",
        "localhost",
    ),
]
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e", "2002:5db8:d70e::"]


def door(url: str, **more: Any) -> Door:
    return Door("tax", url, **{"connect": 1.0, "read": 1.0, "allow_private": True, **more})


@pytest.mark.parametrize("host", DISGUISED)
def test_a108_an_internal_address_is_refused_in_every_disguise(host: str) -> None:
    with pytest.raises((Misconfigured, Unavailable)) as refused:
        door(f"http://{host}:9", allow_private=False).send("GET", "/")
    assert isinstance(refused.value, Misconfigured) or "does not resolve" in refused.value.message


@pytest.mark.parametrize("text", PUBLIC)
def test_a108_public_addresses_are_public(text: str) -> None:
    assert addresses.is_public(addresses.parse(text))


@pytest.mark.parametrize("text", ["169.254.169.254", "::ffff:169.254.169.254", "224.0.0.1", "0.0.0.0"])
def test_a106_what_no_agency_can_have_is_refused_even_where_private_ones_are_allowed(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(Misconfigured, match="no server of others can have"):
        door(f"http://{host}:9").send("GET", "/")


def test_private_networks_can_be_allowed_one_by_one() -> None:
    allowed = Allowed(networks=(ipaddress.ip_network("10.20.0.0/16"),))
    assert reaching.resolve("10.20.1.1", 80, allowed) == ["10.20.1.1"]
    for refused in ("10.21.0.1", "127.0.0.1", "::ffff:10.21.0.1"):
        with pytest.raises(reaching.AddressRefused, match="private address"):
            reaching.resolve(refused, 80, allowed)


@pytest.mark.parametrize("stated", ["yes", ["10.0.0.0/33"], [7, None], {"a": 1}])
def test_a_wrong_list_of_networks_says_so(stated: Any) -> None:
    spec = ConnectionSpec("tax", "Tax", "rest", "", {"allow_private": stated}, {}, Path())
    with pytest.raises(Misconfigured, match="allow_private"):
        pinning.allowed_by(spec)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make the resolver give these answers in turn, the last one for ever; return the names it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(reaching.socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a107_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    gone_to: list[Any] = []

    def create_connection(address: Any, timeout: float) -> socket.socket:
        gone_to.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(reaching.socket, "create_connection", create_connection)
    with pytest.raises(Unavailable, match="refused"):
        door("http://rebinding.example", allow_private=False).send("GET", "/")
    assert asked == ["rebinding.example"], "asked once"
    assert gone_to == [("93.184.215.14", 80)]


def test_a107_one_internal_address_among_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["93.184.215.14", "10.0.0.7"])
    with pytest.raises(Misconfigured, match=r"10\.0\.0\.7"):
        door("http://mixed.example", allow_private=False).send("GET", "/")


class Hostile(BaseHTTPRequestHandler):
    """Gives what the test put into the server, and notes what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append(dict(self.headers))  # type: ignore[attr-defined]
        status, headers, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def hostile(
    body: bytes = b"", status: int = 200, context: ssl.SSLContext | None = None, **headers: str
) -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.answer = (status, {name.replace("_", "-"): one for name, one in headers.items()}, body)  # type: ignore[attr-defined]
    server.seen = []  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def address_of(server: Any, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.server_address[1]}"


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "//evil.example/", "/elsewhere", "file:///etc/passwd"]
)
def test_a106_a110_no_redirect_is_followed_and_no_credential_travels(location: str) -> None:
    with hostile() as other, hostile(status=302, Location=location) as first:
        first.answer = (302, {"Location": location.replace("evil.example", address_of(other)[7:])}, b"")
        with pytest.raises(NotUnderstood, match="redirect"):
            door(address_of(first)).send("GET", "/", headers={"Authorization": "Basic eA=="})
        assert len(first.seen) == 1
        assert other.seen == []


def test_a110_an_address_of_another_host_is_not_opened() -> None:
    for elsewhere in (
        "http://evil.example/x",
        "//evil.example/x",
        "https://127.0.0.1:1/x",
        "http://127.0.0.1:1@evil.example/",
    ):
        with pytest.raises(NotUnderstood, match="another host"):
            door("http://127.0.0.1:1").send("GET", elsewhere, headers={"Authorization": "Basic eA=="})


def test_a109_an_answer_that_drips_ends_at_the_deadline() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        peer, _ = listening.accept()
        with peer:
            peer.recv(65536)
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 10_000:
                if over.wait(0.02):
                    return
                peer.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(Unavailable, match="in time"):
        door(f"http://127.0.0.1:{listening.getsockname()[1]}").send("GET", "/", timeout=0.5)
    over.set()
    thread.join()
    listening.close()
    assert time.monotonic() - started < 5


PACKED = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("encoding", PACKED)
def test_packed_content_is_unpacked(encoding: str) -> None:
    with hostile(PACKED[encoding](b"<a>hello</a>"), Content_Encoding=encoding) as server:
        assert door(address_of(server)).send("GET", "/").body == b"<a>hello</a>"


def bare(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def test_bare_deflate_is_understood_too() -> None:
    assert unpacking.unpacked(bare(b"<a/>"), "deflate", 100) == b"<a/>"


BOMB = gzip.compress(b"\0" * 30_000_000)


@pytest.mark.parametrize(
    ("body", "encoding", "why"),
    [
        (BOMB, "gzip", "unpacks to more"),
        (gzip.compress(BOMB), "gzip, gzip", "unpacks to more"),
        (gzip.compress(b"x" * 100)[:-9], "gzip", "ends in the middle"),
        (gzip.compress(b"x") + b"more", "gzip", "something follows"),
        (b"no gzip", "gzip", "damaged"),
        (b"x", "br", "not asked"),
        (b"x", "\x00\xff" * 50, "not asked"),
    ],
    ids=["bomb", "bomb in a bomb", "cut", "trailing", "damaged", "br", "garbage"],
)
def test_a104_packed_content_keeps_its_limits(body: bytes, encoding: str, why: str) -> None:
    with pytest.raises(unpacking.NotUnpacked, match=why):
        unpacking.unpacked(body, encoding, 16_000_000)


NPR = "urn:aurelia:npr:population:v2"
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARMFUL: dict[str, tuple[bytes, dict[str, str]]] = {
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + ENVELOPE.format("<x>&e;</x>").encode(),
        {},
    ),
    "billion laughs": (
        f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>{ENVELOPE.format("<x>&l9;</x>")}'.encode(),
        {},
    ),
    "document type of elsewhere": (
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + ENVELOPE.format("<x/>").encode(),
        {},
    ),
    "in UTF-16": (
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>' + ENVELOPE.format("&a;")
        ).encode("utf-16"),
        {},
    ),
    "deep": (ENVELOPE.format("<a>" * 5000 + "</a>" * 5000).encode(), {}),
    "large": (b"<a>" + b"x" * 17_000_000, {}),
    "gzip bomb": (BOMB, {"Content-Encoding": "gzip"}),
    "one long attribute": (ENVELOPE.format(f'<x a="{"y" * 11_000_000}"/>').encode(), {}),
    "not XML at all": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), {}),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a104_a_harmful_soap_answer_is_not_understood_and_kept(name: str) -> None:
    body, headers = HARMFUL[name]
    started = time.monotonic()
    with hostile(body, Content_Type="text/xml") as server:
        server.answer = (200, {"Content-Type": "text/xml", **headers}, body)
        settings = {**read_toml("laa", FOLDER / "laa" / "connection.toml"), "allow_private": True}
        spec = ConnectionSpec(
            "laa", "LAA", settings["kind"], address_of(server), settings, {}, FOLDER / "laa"
        )
        request = Request("get_address", {"addressID": "AU-20020001"}, Context("c", "k"))
        with pytest.raises(AdapterError) as refused:
            build(spec).send(request)
    assert isinstance(refused.value, NotUnderstood)
    assert "root:" not in str(refused.value)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", [name for name in HARMFUL if name not in {"large", "gzip bomb"}])
def test_a104_the_parser_alone_refuses_it(name: str) -> None:
    with pytest.raises(Violation):
        parse(HARMFUL[name][0])


def certificate(folder: Path, host: str, *, days: int = 1) -> ssl.SSLContext:
    """A server's side with a self-signed certificate for a name, ended where ``days`` is negative."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@pytest.mark.parametrize(
    ("host", "days", "trusted", "why"),
    [
        ("127.0.0.1", 1, False, "self-signed"),
        ("127.0.0.1", -1, True, "expired"),
        ("other.example", 1, True, "mismatch|not valid for"),
    ],
    ids=["unknown authority", "expired", "another name"],
)
def test_a111_tls_that_proves_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int, trusted: bool, why: str
) -> None:
    context = certificate(tmp_path, host, days=days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with hostile(b"ok", context=context) as server:
        with pytest.raises(Unavailable, match=f"(?i)secure.*({why})") as refused:
            door(address_of(server, "https")).send(
                "POST", "/", body=b"x", headers={"Authorization": "secret"}
            )
        assert refused.value.sent is False
        assert server.seen == []


def test_tls_that_proves_itself_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with hostile(b"ok", context=context) as server:
        assert door(address_of(server, "https")).send("GET", "/").body == b"ok"
