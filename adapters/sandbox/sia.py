"""The Social Insurance Agency: batch files over SFTP, processed by runs, acknowledged in files."""

import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sandbox import world
from adapters.sandbox.records import layout
from adapters.sandbox.sia_batch import Acknowledgement, Verdict, acknowledge
from adapters.simulator.files import SPOILING, FileAgency
from adapters.simulator.switches import Switches

NAME = re.compile(layout()["file"]["name"].replace(".", r"\.").format(digest="(?P<digest>[0-9A-F]{32})"))
JSON = dict[str, Any]


class SocialInsurance(FileAgency):
    """SIA. A file whose name was processed before is not processed again: its acknowledgement stands."""

    key = "sia"
    name = "Social Insurance Agency"
    protocol = "fixed-width records over SFTP, acknowledged by file"

    def run(self) -> None:
        """One run: every complete file in /in, then every acknowledgement that is due."""
        for path in sorted((self.root / "in").iterdir()):
            match = NAME.fullmatch(path.name)
            if match is not None:
                self._process(path, match["digest"])
        for digest, answer in self.store.all("acknowledgement").items():
            if not answer["is_sound"] and datetime.now().timestamp() >= answer["due"]:
                self._acknowledge(digest, answer)

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

    def _acknowledge(self, digest: str, answer: JSON) -> None:
        """Write the acknowledgement; a spoilt one is written anew, sound, once its switch is off."""
        damage = Switches(**answer["damage"])
        content = _spoilt(answer["content"].encode("iso-8859-1"), damage)
        is_sound = content == answer["content"].encode("iso-8859-1")
        self._hand_out(layout()["acknowledgement"]["name"].format(digest=digest), content)
        now = self.panel.now
        still = {name: on and bool(getattr(now, name)) for name, on in answer["damage"].items()}
        damage_left = {**answer["damage"], **{name: still[name] for name in SPOILING}}
        self.store.put("acknowledgement", digest, {**answer, "is_sound": is_sound, "damage": damage_left})


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
