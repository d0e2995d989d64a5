"""The Social Insurance Agency: batch files over SFTP, processed by runs, acknowledged in files."""

import re
import shutil
import tempfile
import threading
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sandbox import world
from adapters.sandbox.agency import Agency
from adapters.sandbox.records import layout
from adapters.sandbox.settings import Settings
from adapters.sandbox.sftp import Folder, Login, SftpListener, host_key
from adapters.sandbox.sia_batch import Acknowledgement, Verdict, acknowledge
from adapters.sandbox.switches import Switches
from adapters.sandbox.timetable import Timetable

HOST_KEY = "host_key"
NAME = re.compile(layout()["file"]["name"].replace(".", r"\.").format(digest="(?P<digest>[0-9A-F]{32})"))
JSON = dict[str, Any]


def known_host(data_dir: Path) -> str:
    """The host key as a known_hosts file has it (type and base64), drawn now if the agency never ran."""
    key = host_key(data_dir / SocialInsurance.key / HOST_KEY)
    return f"{key.get_name()} {key.get_base64()}"


class SocialInsurance(Agency):
    """SIA. A file whose name was processed before is not processed again: its acknowledgement stands."""

    key = "sia"
    name = "Social Insurance Agency"
    protocol = "fixed-width records over SFTP, acknowledged by file"
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
        self.folder = Path(tempfile.mkdtemp(prefix="sia-")) if self._is_temporary else self._kept(settings)
        self.root = self.folder / "sftp"
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self.host_key = host_key(self.folder / HOST_KEY)
        folder = partial(Folder, root=self.root, is_out_of_order=self._is_out_of_order)
        self._listener = SftpListener(self.key, self.host_key, Login(settings.secret), folder, port)
        self._timetable = Timetable(self.key)

    @staticmethod
    def _kept(settings: Settings) -> Path:
        if settings.data_dir is None:
            raise ValueError("there is no data folder")
        return settings.data_dir / "sia"

    def _is_out_of_order(self) -> bool:
        """Asked before every SFTP operation that matters; waits as long as the agency is slow."""
        self._ending.wait(self.panel.now.latency_ms / 1000)
        return self.panel.now.http_500

    @property
    def url(self) -> str:
        return f"sftp://127.0.0.1:{self._listener.port}"

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

    def run(self) -> None:
        """One run: every complete file in /in, then every acknowledgement that is due."""
        for path in sorted((self.root / "in").iterdir()):
            match = NAME.fullmatch(path.name)
            if match is not None:
                self._process(path, match["digest"])
        for digest, answer in self.store.all("acknowledgement").items():
            if not answer["is_sound"] and datetime.now().timestamp() >= answer["due"]:
                self._hand_out(digest, answer)

    def _plan_run(self) -> None:
        self._timetable.after(self.settings.pace.batch, self._run_and_plan)

    def _run_and_plan(self) -> None:
        try:
            self.run()
        finally:
            self._plan_run()

    def _process(self, path: Path, digest: str) -> None:
        content = path.read_bytes()
        with self.store.transaction():
            if self.store.get("acknowledgement", digest) is None:
                switches = self.panel.take()
                answer = acknowledge(content, digest, partial(self._judge, digest, switches))
                self._note(answer, content)
                due = datetime.now().timestamp() + switches.late_seconds
                encoded = answer.encoded(datetime.now()).decode("iso-8859-1")
                state = {"content": encoded, "due": due, "is_sound": False, "damage": switches.as_json()}
                self.store.put("acknowledgement", digest, state)
            else:
                self.store.receive("register_change", f"{digest}/1", content)
        path.unlink()

    def _note(self, answer: Acknowledgement, content: bytes) -> None:
        for verdict in answer.verdicts:
            self.store.receive("register_change", f"{answer.digest}/{int(verdict.number)}", content)
        if not answer.verdicts:
            self.store.receive("refused file", answer.digest, content)

    def _judge(self, digest: str, switches: Switches, record: dict[str, str]) -> Verdict:
        say = partial(Verdict, record["recordNo"], record["insuredNo"])
        person = world.people().get(record["insuredNo"])
        if "!field" in record:
            return say(code="12", reason=record["!detail"], field_name=record["!field"])
        if person is None:
            return say(code="11", reason="no such insured person", field_name="insuredNo")
        if switches.reject or world.has_quirk(person, "sia-17"):
            return say(code="17", reason="employer record open")
        journal = f"J{self.store.next_number('journal'):010d}"
        key = f"{digest}/{int(record['recordNo'])}"
        self.store.effect("register_change", key, {"insured": record["insuredNo"], "journal": journal})
        self.store.put("address", record["insuredNo"], record)
        return say(journal=journal)

    def _hand_out(self, digest: str, answer: JSON) -> None:
        """Write the acknowledgement; a spoilt one is written anew, sound, once its switch is off."""
        damage = Switches(**answer["damage"])
        content = _spoilt(answer["content"].encode("iso-8859-1"), damage)
        is_sound = content == answer["content"].encode("iso-8859-1")
        path = self.root / "out" / layout()["acknowledgement"]["name"].format(digest=digest)
        if not (path.exists() and path.read_bytes() == content):
            temporary = path.with_suffix(".part")
            temporary.write_bytes(content)
            temporary.replace(path)
        now = self.panel.now
        still = {name: on and bool(getattr(now, name)) for name, on in answer["damage"].items()}
        damage_left = {**answer["damage"], **{name: still[name] for name in SPOILING}}
        self.store.put("acknowledgement", digest, {**answer, "is_sound": is_sound, "damage": damage_left})


SPOILING = ("malformed", "wrong_contract", "wrong_encoding", "partial_file")


def _spoilt(content: bytes, switches: Switches) -> bytes:
    """The acknowledgement as the switches want it."""
    if switches.wrong_contract:  # a record of a code that the layout does not know
        content = re.sub(rb"\r\n[KRF]1", b"\r\nZ1", content)
    if switches.malformed:  # records of the wrong length
        content = content.replace(b"   \r\n", b"\r\n")
    if switches.partial_file:
        content = content[: len(content) // 2]
    if switches.wrong_encoding:
        content = content.decode("iso-8859-1").encode("cp037")
    return content
