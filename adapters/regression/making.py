"""A row of the exchange log as a regression test: two files, a test and its data."""

import re
from dataclasses import dataclass
from pathlib import Path

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured
from adapters.models import Exchange
from adapters.regression import by_files, messages
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import Recorded
from adapters.regression.replay import replay, spec_of

_STATUS = re.compile(r"\b([1-5]\d\d)\b")
_TEST = '''"""A recorded exchange of {connection}.{operation}, personal data replaced.

Made by `onestop exchange to-test`; the data lie beside it.
"""

from pathlib import Path

{marks}from adapters.regression.replay import load, replay


{mark}def test_{name}() -> None:
    recorded = load(Path(__file__).with_suffix(".json"))
    again = replay(recorded)
    assert again.sent == recorded.sent
    assert again.answer == recorded.answer
'''


_MARKS = {  # a workbench is in the database
    False: {"marks": "", "mark": ""},
    True: {"marks": "import pytest\n\n", "mark": "@pytest.mark.django_db\n"},
}


class NotMade(Exception):
    """An exchange cannot become a test. Final; the message says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """The files, what was replaced (field: kind of data), what was kept, and what a person should know."""

    test: Path
    data: Path
    replaced: dict[str, str]
    kept: set[str]
    notes: list[str]


def make(row: Exchange, out: Path, folder: Path | None = None) -> Made:
    """Write the test of an exchange into ``out``; raises NotMade."""
    try:
        spec = spec_of(row.connection, folder)
    except Misconfigured as error:
        raise NotMade(str(error)) from error
    if not row.received_bytes and spec.kind != "records":  # of a file it is the sending that counts
        raise NotMade("there is no answer in this exchange to learn from")
    names, recorded = _replaced(row, spec, folder)
    notes = _notes(row, recorded)
    name = re.sub(r"\W", "_", f"{row.connection}_{row.operation}_{str(row.public_id)[:8]}").lower()
    out.mkdir(parents=True, exist_ok=True)
    test, data = out / f"test_{name}.py", out / f"test_{name}.json"
    text = _TEST.format(
        connection=row.connection, operation=row.operation, name=name, **_MARKS[spec.kind == "workbench"]
    )
    test.write_text(text, encoding="utf-8")
    data.write_text(recorded.as_json(), encoding="utf-8")
    return Made(test, data, names.replaced, names.kept, notes)


def _replaced(row: Exchange, spec: ConnectionSpec, folder: Path | None) -> tuple[Pseudonyms, Recorded]:
    """With readable stand-ins where the contract accepts them, else with stand-ins of the same shape."""
    states = []
    for shaped in (False, True):
        names = Pseudonyms(shaped=shaped)
        try:
            recorded = replay(_recording(row, names, spec), folder)
        except Misconfigured as error:
            raise NotMade(error.message) from error
        except Violation as error:
            states.append(f"a stand-in does not fit: {error.path} {error.message}")
            continue
        if recorded.answer["state"] == row.state:
            return names, recorded
        states.append(f"{recorded.answer['state']}: {recorded.answer.get('reason', '')}")
    raise NotMade(f"today this exchange ends otherwise than recorded ({row.state}): {states[-1]}")


def _recording(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> Recorded:
    canonical = messages.value(names, row.canonical_value)
    messages.value(names, row.answer_value)  # what is known from the answer is replaced in its text too
    operation, _, is_check = row.operation.partition(".")
    status = _STATUS.search(row.status)
    return Recorded(
        connection=row.connection,
        operation=operation,
        value=canonical,
        reference=str(canonical.get("reference", "")) if is_check == "check" else "",
        status=int(status[1]) if status else 200,
        media_type=row.received_type or "text/xml; charset=utf-8",
        received=_received(row, names, spec),
        direction=row.direction,
    )


def _received(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> str:
    if spec.kind == "records":
        return by_files.pseudonymised(
            names, row.received_bytes, layout.read(spec.contract)["acknowledgement"]
        )
    return messages.body(names, row.received_bytes, row.received_type)


def _notes(row: Exchange, recorded: Recorded) -> list[str]:
    """What a person should know before keeping the test."""
    notes = []
    if not recorded.sent and not recorded.reference and row.direction == Exchange.Direction.OUT:
        notes.append("nothing was sent: the value was refused before sending")
    if len(recorded.sent) > 1:
        notes.append(f"{len(recorded.sent)} requests were made; each got the recorded answer")
    secret = row.canonical_value.get("person", {}) if isinstance(row.canonical_value, dict) else {}
    number = secret.get("identifier", {}).get("notation", "") if isinstance(secret, dict) else ""
    if number and number in recorded.as_json():
        raise NotMade("the person's number is still in the test; nothing was written")
    return notes
