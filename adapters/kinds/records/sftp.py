"""SFTP with a pinned host key: put a file once, read a file, say what went wrong in the port's words."""

import socket
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import paramiko
from django.conf import settings
from paramiko.pkey import UnknownKeyType

from adapters.connection_spec import ConnectionSpec
from adapters.egress import judge
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.ports import Wire

MAX_FILE = 50_000_000


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
        self.allow_private = bool(spec.option("allow_private", False))
        self.username, self.password = spec.credential("username"), spec.credential("password")
        kind, _, encoded = spec.credential("host_key").partition(" ")
        self.host_key = _public_key(spec.key, kind, encoded)

    @contextmanager
    def session(self, timeout: float | None, wire: Wire) -> Iterator[paramiko.SFTPClient]:
        """A logged-in session; what fails in it becomes Unavailable or Misconfigured."""
        reading = min(self.read_seconds, timeout) if timeout is not None else self.read_seconds
        transport = self._connect(timeout)
        try:
            transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = reading
            transport.connect(hostkey=self.host_key, username=self.username, password=self.password)
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
        judge(self.key, self.host, self.port, allow_private=self.allow_private)
        waiting = min(self.connect_seconds, timeout) if timeout is not None else self.connect_seconds
        try:
            return paramiko.Transport(socket.create_connection((self.host, self.port), timeout=waiting))
        except TimeoutError as error:
            raise Unavailable(self.key, "no connection: timed out", sent=False) from error
        except OSError as error:
            raise Unavailable(self.key, f"no connection: {error.strerror or error}", sent=False) from error
        except paramiko.SSHException as error:
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

    def put(self, client: paramiko.SFTPClient, path: PurePosixPath, suffix: str, content: bytes) -> None:
        """Write under a temporary name, then rename: the reader never sees half a file."""
        temporary = f"{path}{suffix}"
        with client.open(temporary, "wb") as file:
            file.write(content)
        if client.stat(temporary).st_size != len(content):
            raise Unavailable(self.key, "the file did not arrive whole")
        client.rename(temporary, str(path))


def _public_key(key: str, kind: str, encoded: str) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_type_string(kind, b64decode(encoded))
    except (ValueError, paramiko.SSHException, UnknownKeyType) as error:
        raise Misconfigured(key, "the credential 'host_key' is not a public key of known type") from error
