"""What agencies with files share: an SFTP front door with /in and /out, and runs over what lies there."""

import shutil
import tempfile
import threading
from abc import abstractmethod
from functools import partial
from pathlib import Path

from adapters.simulator.agency import Agency
from adapters.simulator.settings import Settings
from adapters.simulator.sftp import Folder, Login, SftpListener, host_key
from adapters.simulator.timetable import Timetable

HOST_KEY = "host_key"
SPOILING = ("malformed", "wrong_contract", "wrong_encoding", "partial_file")


def known_host(data_dir: Path, agency: str = "sia") -> str:
    """A host key as a known_hosts file has it (type and base64), drawn now if the agency never ran."""
    key = host_key(data_dir / agency / HOST_KEY)
    return f"{key.get_name()} {key.get_base64()}"


class FileAgency(Agency):
    """An agency that takes files and answers in files, in runs."""

    switchable = frozenset(
        {
            *("down", "latency_ms", "http_500", "next_only", "reject", "late_seconds"),
            *("malformed", "wrong_contract", "wrong_encoding", "partial_file"),
        }
    )

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(settings, port)
        self._ending = threading.Event()
        self._is_temporary = settings.data_dir is None
        kept = (settings.data_dir or Path()) / self.key
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.key}-")) if self._is_temporary else kept
        self.root = self.folder / "sftp"
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self.host_key = host_key(self.folder / HOST_KEY)
        folder = partial(Folder, root=self.root, is_out_of_order=self._is_out_of_order)
        self._listener = SftpListener(self.key, self.host_key, Login(settings.secret), folder, port)
        self._timetable = Timetable(self.key)

    @abstractmethod
    def run(self) -> None:
        """One run over /in and what is due in /out."""

    def _is_out_of_order(self) -> bool:
        """Asked before every SFTP operation that matters; waits as long as the agency is slow."""
        self._ending.wait(self.panel.now.latency_ms / 1000)
        return self.panel.now.http_500

    @property
    def url(self) -> str:
        return f"sftp://127.0.0.1:{self._listener.port}"

    @property
    def known_host(self) -> str:
        """The host key as in a known_hosts file."""
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    def open(self) -> None:
        self._listener.open()

    def close(self) -> None:
        self._listener.close()

    def start(self) -> None:
        super().start()
        self._timetable.start()
        self._plan_run()

    def stop(self) -> None:
        self._ending.set()
        self._timetable.stop()
        super().stop()
        if self._is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _plan_run(self) -> None:
        self._timetable.after(self.settings.pace.batch, self._run_and_plan)

    def _run_and_plan(self) -> None:
        try:
            self.run()
        finally:
            self._plan_run()

    def _hand_out(self, name: str, content: bytes) -> None:
        """Write a file to /out, whole or not at all; one that is there already with this content stays."""
        path = self.root / "out" / name
        if not (path.exists() and path.read_bytes() == content):
            temporary = path.with_name(f"{path.name}.part")
            temporary.write_bytes(content)
            temporary.replace(path)
