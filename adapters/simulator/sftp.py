"""A real SFTP server over one folder, with one user: what the Social Insurance Agency's front door is."""

import hmac
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

from adapters.simulator.server import PortTaken
from adapters.simulator.settings import CLIENT_NAME

LARGEST_FILE = 50_000_000
log = logging.getLogger(__name__)


def host_key(path: Path) -> paramiko.PKey:
    """The server's key, drawn once and kept at ``path``; of two processes that draw it at once, one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            paramiko.ECDSAKey.generate().write_private_key(file)
        with suppress(FileExistsError):
            path.hardlink_to(drawn)
        drawn.unlink()
    return paramiko.ECDSAKey.from_private_key_file(str(path))


class Login(paramiko.ServerInterface):
    """One user with a password; nothing but SFTP is served."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        given, right = f"{username}:{password}".encode(), f"{CLIENT_NAME}:{self._secret}".encode()
        return AUTH_SUCCESSFUL if hmac.compare_digest(given, right) else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Handle(SFTPHandle):
    """An open file that does not grow beyond all measure."""

    def write(self, offset: int, data: Any) -> int:
        if offset + len(data) > LARGEST_FILE:
            return SFTP_FAILURE
        return super().write(offset, data)


class Folder(SFTPServerInterface):
    """The user's view: /in may be written, /out may be read; nothing above them is seen."""

    def __init__(self, server: Login, *args: object, root: Path, is_out_of_order: Callable[[], bool]) -> None:
        super().__init__(server, *args)
        self._root = root
        self._is_out_of_order = is_out_of_order

    def _real(self, path: str) -> Path:
        return self._root / str(PurePosixPath(self.canonicalize(path))).lstrip("/")

    def _may_write(self, path: str) -> bool:
        return PurePosixPath(self.canonicalize(path)).parent == PurePosixPath("/in")

    def list_folder(self, path: str) -> "list[SFTPAttributes] | int":
        if self._is_out_of_order():
            return SFTP_FAILURE
        try:
            entries = sorted(self._real(path).iterdir())
            return [SFTPAttributes.from_stat(entry.lstat(), entry.name) for entry in entries]
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> "SFTPAttributes | int":
        try:
            return SFTPAttributes.from_stat(self._real(path).lstat())
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> "SFTPHandle | int":
        if self._is_out_of_order():
            return SFTP_FAILURE
        is_writing = bool(flags & (os.O_WRONLY | os.O_RDWR))
        if is_writing and not self._may_write(path):
            return SFTP_PERMISSION_DENIED
        try:
            descriptor = os.open(self._real(path), flags | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        handle = _Handle(flags)
        file = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "wb" if is_writing else "rb")
        handle.readfile = handle.writefile = file  # type: ignore[attr-defined]
        return handle

    def remove(self, path: str) -> int:
        return self._change(path, lambda: self._real(path).unlink())

    def rename(self, oldpath: str, newpath: str) -> int:
        """As the protocol wants it: an existing name is not replaced."""
        if not self._may_write(newpath):
            return SFTP_PERMISSION_DENIED
        if self._real(newpath).exists():
            return SFTP_FAILURE
        return self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        if not self._may_write(newpath):
            return SFTP_PERMISSION_DENIED
        return self._change(oldpath, lambda: self._real(oldpath).replace(self._real(newpath)))

    def _change(self, path: str, action: Callable[[], object]) -> int:
        if self._is_out_of_order():
            return SFTP_FAILURE
        if not self._may_write(path):
            return SFTP_PERMISSION_DENIED
        try:
            action()
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK


class SftpListener:
    """Accepts SFTP sessions on loopback; opens, closes and opens again on the same port."""

    def __init__(
        self, name: str, key: paramiko.PKey, login: Login, folder: Callable[..., Folder], port: int
    ) -> None:
        self.name = name
        self.port = port
        self._key, self._login, self._folder = key, login, folder
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._sessions: set[paramiko.Transport] = set()

    def open(self) -> None:
        """Listen; raises PortTaken."""
        if self._socket is not None:
            return
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", self.port))
            listening.listen(50)
        except OSError as error:
            listening.close()
            raise PortTaken(self.name, self.port) from error
        listening.settimeout(0.5)
        self.port, self._socket = listening.getsockname()[1], listening
        threading.Thread(
            target=self._accept, args=(listening,), name=f"{self.name}-sftp", daemon=True
        ).start()

    def close(self) -> None:
        """Refuse connections and end the open sessions."""
        listening, self._socket = self._socket, None
        if listening is not None:
            with suppress(OSError):  # not every system can shut a listening socket down
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        with self._lock:
            sessions, self._sessions = self._sessions, set()
        for session in sessions:
            session.close()

    def _accept(self, listening: socket.socket) -> None:
        while self._socket is listening:
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return  # closed
            threading.Thread(
                target=self._serve, args=(connection,), name=f"{self.name}-session", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        session = paramiko.Transport(connection)
        with self._lock:
            self._sessions = {known for known in self._sessions if known.is_active()} | {session}
        session.add_server_key(self._key)
        session.set_subsystem_handler("sftp", SFTPServer, self._folder)
        try:
            session.start_server(server=self._login)
        except (paramiko.SSHException, EOFError, OSError) as error:
            log.debug("no session came about: %s", error)
            session.close()
