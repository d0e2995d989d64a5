"""The Social Insurance Agency: batch files over SFTP, processed by runs, acknowledged in files."""

import re
from datetime import datetime
from functools import partial

from adapters.sandbox import world
from adapters.sandbox.records import layout
from adapters.sandbox.sia_batch import Acknowledgement, Verdict, acknowledge
from adapters.simulator.batches import BatchAgency, name_pattern
from adapters.simulator.switches import Switches


class SocialInsurance(BatchAgency):
    """SIA. It reads and writes records by a hand of its own, not with the portal's layouts."""

    key = "sia"
    name = "Social Insurance Agency"
    protocol = "fixed-width records over SFTP, acknowledged by file"
    taken = name_pattern(layout()["file"]["name"])
    encoding = layout()["acknowledgement"]["encoding"]

    def answer_name(self, found: re.Match[str]) -> str:
        return str(layout()["acknowledgement"]["name"].format(digest=found["digest"]))

    def come_again(self, found: re.Match[str], content: bytes) -> None:
        self.store.receive("register_change", f"{found['digest']}/1", content)

    def process(self, found: re.Match[str], content: bytes, switches: Switches) -> bytes:
        digest = found["digest"]
        answer = acknowledge(content, digest, partial(self._judge, digest, switches))
        self._note(answer, content)
        return answer.encoded(datetime.now())

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
