"""SFTP with a pinned host key: put a file once, read a file, say what went wrong in the port's words."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

import paramiko
from django.conf import settings
from paramiko.pkey import UnknownKeyType

from adapters import pinning
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.layout import FileLayout
from adapters.delivery import pulse
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.ports import Wire

MAX_FILE = 50_000_000
PIECE = 32 * 1024


class SftpDoor:
    """The way to one server. Each call is a session of its own, so it is safe for several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        parts = urlsplit(spec.base_url)
        if parts.scheme != "sftp" or not parts.hostname:
            raise Misconfigured(spec.key, f"the address {spec.base_url!r} is not sftp://host:port")
        self.host, self.port = parts.hostname, parts.port or 22
        timeouts = spec.option("timeouts", {})
        self.connect_seconds = timeouts.get("connect", settings.EXCHANGE_CONNECT_SECONDS)
        self.read_seconds = timeouts.get("read", settings.EXCHANGE_READ_SECONDS)
        self.allowed = pinning.allowed_by(spec)
        self.username = spec.credential("username")
        self.password = "" if "private_key" in spec.credentials else spec.credential("password")
        self.private_key = _private_key(spec)
        kind, _, encoded = spec.credential("host_key").partition(" ")
        self.host_key = _public_key(spec.key, kind, encoded)

    @contextmanager
    def session(self, timeout: float | None, wire: Wire) -> Iterator[paramiko.SFTPClient]:
        """A logged-in session; what fails in it becomes Unavailable or Misconfigured."""
        reading = min(self.read_seconds, timeout) if timeout is not None else self.read_seconds
        transport = self._connect(timeout)
        try:
            transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = reading
            transport.connect(
                hostkey=self.host_key,
                username=self.username,
                password=self.password,
                pkey=self.private_key,
            )
            client = paramiko.SFTPClient.from_transport(transport)
            if client is None:
                raise Unavailable(self.key, "the server opens no SFTP session", sent=False)
            channel = client.get_channel()
            if channel is not None:
                channel.settimeout(reading)
            yield client
        except AdapterError:
            raise
        except paramiko.AuthenticationException as error:
            raise Misconfigured(self.key, "the server refuses our credentials") from error
        except paramiko.SSHException as error:
            if "host key" in str(error).lower():
                raise Misconfigured(self.key, "the server's host key is not the pinned one") from error
            raise Unavailable(self.key, f"the session failed: {error}", wire=wire) from error
        except TimeoutError as error:
            raise Unavailable(self.key, "no answer: timed out", wire=wire) from error
        except (OSError, EOFError) as error:
            raise Unavailable(self.key, f"the session failed: {error or 'closed'}", wire=wire) from error
        finally:
            transport.close()

    def _connect(self, timeout: float | None) -> paramiko.Transport:
        waiting = min(self.connect_seconds, timeout) if timeout is not None else self.connect_seconds
        channel = pinning.connect(self.key, self.host, self.port, seconds=waiting, allowed=self.allowed)
        try:
            return paramiko.Transport(channel)
        except paramiko.SSHException as error:
            channel.close()
            raise Unavailable(self.key, f"no connection: {error}", sent=False) from error

    def read(self, client: paramiko.SFTPClient, path: PurePosixPath) -> bytes | None:
        """A file's content, None where there is no such file; raises NotUnderstood for an oversized one."""
        try:
            with client.open(str(path), "rb") as file:
                content = file.read(MAX_FILE + 1)
        except FileNotFoundError:
            return None
        if len(content) > MAX_FILE:
            raise NotUnderstood(self.key, f"{path.name} is larger than {MAX_FILE} bytes")
        return content

    def exists(self, client: paramiko.SFTPClient, path: PurePosixPath) -> bool:
        """Whether there is such a file."""
        try:
            client.stat(str(path))
        except FileNotFoundError:
            return False
        return True

    def names(self, client: paramiko.SFTPClient, folder: str) -> list[str]:
        """What lies in a folder; raises Misconfigured where there is none."""
        try:
            return client.listdir(folder)
        except FileNotFoundError as error:
            raise Misconfigured(self.key, f"the agency has no folder {folder}") from error

    def is_complete(self, client: paramiko.SFTPClient, path: PurePosixPath, form: FileLayout) -> bool:
        """Whether the agency has finished a file: it, and its marker where the layout has one, are there."""
        marker = PurePosixPath(f"{path}{form.marker_suffix}")
        return self.exists(client, marker) and (not form.marker_suffix or self.exists(client, path))

    def fetch(self, client: paramiko.SFTPClient, path: PurePosixPath, into: BinaryIO) -> bool:
        """Copy a file in pieces; False where there is none. Raises NotUnderstood for an oversized one."""
        try:
            size = client.stat(str(path)).st_size or 0
            with client.open(str(path), "rb") as file:
                file.prefetch(min(size, MAX_FILE))  # many reads on their way at once
                while piece := file.read(PIECE):
                    into.write(piece)
                    if into.tell() > MAX_FILE:
                        raise NotUnderstood(self.key, f"{path.name} is larger than {MAX_FILE} bytes")
        except FileNotFoundError:
            return False
        into.seek(0)
        return True

    def put(
        self, client: paramiko.SFTPClient, path: PurePosixPath, form: FileLayout, content: BinaryIO
    ) -> None:
        """Write under a temporary name, then rename: the reader never sees half a file."""
        temporary, size = f"{path}{form.temporary_suffix}", 0
        with client.open(temporary, "wb") as file:
            file.set_pipelined(True)
            while piece := content.read(PIECE):
                file.write(piece)
                size += len(piece)
        if client.stat(temporary).st_size != size:
            raise Unavailable(self.key, "the file did not arrive whole")
        pulse.insist(self.key)  # the file counts from here on
        client.rename(temporary, str(path))
        self.finish(client, path, form)

    def finish(self, client: paramiko.SFTPClient, path: PurePosixPath, form: FileLayout) -> None:
        """Say that a file is complete, where the layout has a marker for that."""
        if form.marker_suffix:
            with client.open(f"{path}{form.marker_suffix}", "wb"):
                pass


def _private_key(spec: ConnectionSpec) -> paramiko.PKey | None:
    """The key of a login without password, in OpenSSH's or PEM's writing; None where there is none."""
    text = spec.credentials.get("private_key", "")
    if not text:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    raise Misconfigured(spec.key, "the credential 'private_key' is not a key of known type")


def _public_key(key: str, kind: str, encoded: str) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_type_string(kind, b64decode(encoded))
    except (ValueError, paramiko.SSHException, UnknownKeyType) as error:
        raise Misconfigured(key, "the credential 'host_key' is not a public key of known type") from error
