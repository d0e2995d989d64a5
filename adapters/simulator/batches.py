"""What agencies with batch files share: each file is processed once, its answer stands, and can be spoilt."""

import re
from abc import abstractmethod
from datetime import datetime
from typing import Any, ClassVar

from adapters.simulator.files import SPOILING, FileAgency
from adapters.simulator.switches import Switches

_PLACES = re.compile(r"\{(?P<name>\w+)(?::(?P<form>[^{}]*))?\}")
_FORMS = {"digest": "[0-9A-F]{32}", "sequence": "[0-9]+", "date": "[0-9]{8}"}


def name_pattern(name: str) -> re.Pattern[str]:
    """What names of files fit a layout's ``name``, its places as groups."""
    parts, at = [], 0
    for place in _PLACES.finditer(name):
        parts += [re.escape(name[at : place.start()]), f"(?P<{place['name']}>{_FORMS[place['name']]})"]
        at = place.end()
    return re.compile("".join([*parts, re.escape(name[at:])]))


class BatchAgency(FileAgency):
    """Takes the complete files in /in whose names fit ``taken``, each name once."""

    taken: re.Pattern[str]
    encoding: ClassVar[str]  # of the answer
    is_csv: ClassVar[bool] = False
    marker: ClassVar[str] = ""  # ends the name of the empty file that says that an answer is complete

    @abstractmethod
    def process(self, found: re.Match[str], content: bytes, switches: Switches) -> bytes:
        """Do what a file wants; return the answer's sound bytes. Runs in a transaction of the store."""

    @abstractmethod
    def answer_name(self, found: re.Match[str]) -> str:
        """The name of the answer to a file."""

    def come_again(self, found: re.Match[str], content: bytes) -> None:
        """Write down that a file came that was processed before."""
        self.store.receive("processed before", found.string, content)

    def run(self) -> None:
        """One run: every complete file in /in, then every answer that is due."""
        for path in sorted((self.root / "in").iterdir()):
            found = self.taken.fullmatch(path.name)
            if found is not None:
                self._take(found, path.read_bytes())
                path.unlink()
        for name, answer in self.store.all("answer").items():
            if not answer["is_sound"] and datetime.now().timestamp() >= answer["due"]:
                self._answer(name, answer)

    def _take(self, found: re.Match[str], content: bytes) -> None:
        name = self.answer_name(found)
        with self.store.transaction():
            if self.store.get("answer", name) is not None:
                self.come_again(found, content)
                return
            switches = self.panel.take()
            sound = self.process(found, content, switches).decode("latin-1")
            due = datetime.now().timestamp() + switches.late_seconds
            state = {"content": sound, "due": due, "is_sound": False, "damage": switches.as_json()}
            self.store.put("answer", name, state)

    def _answer(self, name: str, answer: dict[str, Any]) -> None:
        """Write the answer and its marker; a spoilt one is written anew, sound, once its switch is off."""
        sound = answer["content"].encode("latin-1")
        content = self._spoilt(sound, Switches(**answer["damage"]))
        self._hand_out(name, content)
        if self.marker:
            self._hand_out(f"{name}{self.marker}", b"")
        now = self.panel.now
        still = {one: bool(answer["damage"][one]) and bool(getattr(now, one)) for one in SPOILING}
        state = {**answer, "is_sound": content == sound, "damage": {**answer["damage"], **still}}
        self.store.put("answer", name, state)

    def _spoilt(self, content: bytes, switches: Switches) -> bytes:
        """The answer as the switches want it."""
        *lines, rest = content.split(b"\r\n")
        if switches.wrong_contract:  # records of a code that the layout does not know
            lines = [lines[0], *(b"Z" + line[1:] for line in lines[1:-1]), lines[-1]]
        if switches.malformed:  # a quotation mark that nothing closes; records of the wrong length
            lines = [*lines[:-1], b'"' + lines[-1]] if self.is_csv else [line[:-3] for line in lines]
        content = b"\r\n".join([*lines, rest])
        if switches.partial_file:
            content = content[: len(content) // 2]
        if switches.wrong_encoding:
            content = content.decode(self.encoding).encode("cp037")
        return content
