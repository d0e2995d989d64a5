"""A real nginx with the configuration of the docs before a real portal, and callers with certificates."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.sandbox.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs" / "nginx"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
CITIZENS, AGENCIES = "onestop.example.org", "agencies.example.org"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    {temporary}
    include {folder}/onestop.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """Where nginx answers, where the portal does behind it, and whom callers trust."""

    port: int
    portal: int
    authority: Path

    def post(
        self,
        path: str,
        body: bytes,
        *,
        proof: Path | None = None,
        headers: Mapping[str, str] | None = None,
        name: str = AGENCIES,
        host: str = "",
    ) -> tuple[int, str]:
        """Send one request through nginx; ``proof`` is a file of certificate and key, ``name`` the SNI."""
        context = ssl.create_default_context(cafile=str(self.authority))
        if proof:
            context.load_cert_chain(proof)
        with (
            socket.create_connection(("127.0.0.1", self.port), 20) as plain,
            context.wrap_socket(plain, server_hostname=name) as channel,
        ):
            return _post(channel, path, body, {"Host": host or name, **(headers or {})})

    def post_directly(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Send one request to the portal itself, past the proxy."""
        told = {"Host": AGENCIES, "X-Forwarded-Proto": "https", **headers}
        with socket.create_connection(("127.0.0.1", self.portal), 20) as channel:
            return _post(channel, path, body, told)


def _post(channel: socket.socket, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    browser = http.client.HTTPConnection("unused")
    browser.sock = channel
    browser.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        browser.putheader(name, value)
    browser.putheader("Content-Length", str(len(body)))
    browser.endheaders(body)
    reply = browser.getresponse()
    return reply.status, reply.read().decode()


def write_pair(path: Path, pair: tuple[x509.Certificate, object]) -> Path:
    """Write a certificate and its key into one file."""
    one, key = pair
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    path.write_bytes(one.public_bytes(Encoding.PEM) + secret)
    return path


@contextmanager
def nginx(folder: Path, port: int, portal: int, files: Mapping[str, str]) -> Iterator[None]:
    """Serve the documented configuration with the ports of a test and its files, by their names."""
    assert NGINX
    text = (DOCS / "onestop.conf").read_text()
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = text.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{portal}")
    text = text.replace("/etc/onestop/nginx/", f"{DOCS}/")
    for name, file in files.items():
        text = text.replace(f"/etc/onestop/tls/{name}", file)
    assert "/etc/onestop" not in text
    (folder / "onestop.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n    ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, temporary=temporary, user=user))
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"])
    try:
        eventually(lambda: _listens(port) or process.poll() is not None, 20)
        assert process.poll() is None, "nginx does not take the configuration"
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def served(environment: Mapping[str, str], port: int) -> Iterator[None]:
    """The portal in a process of its own."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
    command += ["--port", str(port), "--log-level", "warning", "onestop.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        eventually(lambda: _listens(port), 40)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def onestop(environment: Mapping[str, str], *arguments: str) -> None:
    """Run one command of an operator."""
    command = [sys.executable, "-m", "onestop", *arguments]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert ended.returncode == 0, ended.stdout + ended.stderr
