"""A record layout served: an SFTP folder whose batch files are read and answered by the layout."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.samples import records
from adapters.samples.source import RecordSource
from adapters.simulator.answering import said, seed_of
from adapters.simulator.batches import BatchAgency, name_pattern
from adapters.simulator.pins import Pinned, Pins
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches

_NUMBER = "recordNo"
_REASON = re.compile(r"reason|error|fault", re.IGNORECASE)
Values = dict[str, str]


class NoAcknowledgement(Exception):
    """A layout describes no answers: nothing can be said of a file. Final."""


class Verdicts:
    """Which record of an acknowledgement says what: taken, rejected, or the whole file refused.

    A record with ``recordNo`` is a verdict on one record, and a rejection where it has a reason; one without,
    which neither begins nor ends the file, is a verdict on the whole file.
    """

    def __init__(self, form: FileLayout) -> None:
        framing = {one.code for one in (form.head, form.tail) if one is not None}
        details = [one for one in form.records.values() if one.code not in framing]
        single = [one for one in details if _names(one) & {_NUMBER}]
        rejecting = [one for one in single if any(_REASON.search(name) for name in _names(one))]
        accepting = [one for one in single if one not in rejecting]
        whole = [one for one in details if one not in single]
        if not accepting and not rejecting:
            raise NoAcknowledgement("the acknowledgement has no record with a recordNo")
        self.accepted = (accepting or rejecting)[0]
        self.rejected = (rejecting or accepting)[0]
        self.refused = whole[0] if whole else None


def _names(record: Record) -> set[str]:
    return {field.name for field in record.fields}


class SimulatedFiles(BatchAgency):
    """One layout behind SFTP. In a script ``operation`` is a record's code, ``fault`` the answering one."""

    key: ClassVar[str] = "simulated"
    name: ClassVar[str] = "Simulated agency"
    protocol: ClassVar[str] = "SFTP"

    def __init__(
        self,
        source: RecordSource,
        pins: Pins,
        settings: Settings,
        *,
        key: str = "simulated",
        title: str = "Simulated agency",
        port: int = 0,
        seed: int = 0,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        if "acknowledgement" not in source.layouts:
            raise NoAcknowledgement(
                "the layout has no acknowledgement: nobody would know what became of a file"
            )
        self.key = key  # type: ignore[misc]  # each simulated agency has a key of its own
        self.form, self.answering = source.layouts["file"], source.layouts["acknowledgement"]
        self.verdicts = Verdicts(self.answering)
        self.taken = name_pattern(self.form.name)
        self.encoding = self.answering.encoding  # type: ignore[misc]
        self.is_csv = self.answering.csv is not None  # type: ignore[misc]
        self.marker = self.answering.marker_suffix  # type: ignore[misc]
        self.name = title  # type: ignore[misc]
        self.pins, self.seed, self.say = pins, seed, say
        super().__init__(settings, port)

    def answer_name(self, found: re.Match[str]) -> str:
        places: dict[str, Any] = dict(found.groupdict())
        if "sequence" in places:
            places["sequence"] = int(places["sequence"])
        return self.answering.name.format(**places)

    def process(self, found: re.Match[str], content: bytes, switches: Switches) -> bytes:
        self.store.receive("file", found.string, content)
        now = datetime.now()
        stamp = {
            **{"batchDigest": found.groupdict().get("digest") or "", "sequenceNo": ""},
            **{"processedDate": f"{now:%Y%m%d}", "processedTime": f"{now:%H%M%S}"},
        }
        if "sequence" in found.groupdict():
            stamp["sequenceNo"] = str(int(found["sequence"]))
        try:
            lines = self.form.read(content)
        except Violation as error:
            self.say(f"{Path(found.string).name} refused: {said(error)}")
            rows = self._refusal(error, stamp)
        else:
            framing = {one.code for one in (self.form.head, self.form.tail) if one is not None}
            asked = [(record, values) for record, values, _ in lines if record.code not in framing]
            stamp["receivedCount"] = str(len(asked))
            rows = [self._verdict(record, values, stamp, switches) for record, values in asked]
            codes = [record.code for record, _ in rows]
            told = ", ".join(f"{codes.count(code)} {code}" for code in dict.fromkeys(codes))
            self.say(f"{found.string} {len(asked)} records -> {told}")
        return b"".join(self.answering.write(self._framed(rows, stamp)))

    def _framed(self, rows: list[tuple[Record, Values]], stamp: Values) -> Iterator[tuple[Record, Values]]:
        if self.answering.head is not None:
            yield self.answering.head, self._filled(self.answering.head, {}, stamp, Pinned())
        yield from rows
        if self.answering.tail is not None:
            yield self.answering.tail, self._filled(self.answering.tail, {}, stamp, Pinned())

    def _verdict(
        self, record: Record, values: Values, stamp: Values, switches: Switches
    ) -> tuple[Record, Values]:
        rule = self.pins.rule(record.code, dict(values))
        one = self.verdicts.rejected if switches.reject else self.verdicts.accepted
        if rule.fault:
            found = self.answering.records.get(rule.fault)
            if found is None:
                raise LookupError(f"the acknowledgement has no record {rule.fault}")
            one = found
        key = f"{stamp['batchDigest']}/{values.get(_NUMBER, '')}"
        if one is not self.verdicts.rejected:
            self.store.effect(record.code, key, {name: text for name, text in values.items() if text})
        return one, self._filled(one, values, stamp, rule)

    def _refusal(self, error: Violation, stamp: Values) -> list[tuple[Record, Values]]:
        if self.verdicts.refused is None:
            return []
        told = {"lineNo": str(error.line), "reasonText": error.message}
        fitting = {**self._filled(self.verdicts.refused, {}, stamp, Pinned())}
        for field in self.verdicts.refused.fields:
            if field.name in told:
                fitting[field.name] = told[field.name][: field.width or None]
        return [(self.verdicts.refused, fitting)]

    def _filled(self, record: Record, asked: Values, stamp: Values, rule: Pinned) -> Values:
        """Every field: pinned, of the file, echoed where it fits, else sampled."""
        chance = random.Random(seed_of(self.seed, record.code.encode(), repr(sorted(asked.items())).encode()))  # noqa: S311
        known = {**stamp, **asked}
        values = {}
        for field in record.fields:
            if field.total or field.type == "blank":
                continue
            pinned = rule.reply.get(field.name)
            if pinned is not None:
                values[field.name] = str(pinned)
            elif field.type != "const" and _fits(field, known.get(field.name), self.encoding):
                values[field.name] = known[field.name]
            else:
                values[field.name] = records.value(field, self.encoding, chance)
        return values


def _fits(field: Any, text: str | None, encoding: str) -> bool:
    if text is None:
        return False
    try:
        field.write(text, encoding)
    except Violation:
        return False
    return True
